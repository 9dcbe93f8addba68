"""Somebody at the browser. Clicks are counted; typing, scanning and the keys are not."""

import re

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route

from accounts.models import User


class Person:
    """A signed-in person and what they see. `troubles` has what the browser complained about."""

    def __init__(self, page: Page, user: User, home: str) -> None:
        self.page, self.user, self.home = page, user, home
        self.clicks = 0
        self.troubles: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda problem: self.troubles.append(f"script: {problem}"))
        page.on("requestfailed", self._note_failed)
        page.route("**/*", self._stay_here)

    def _listen(self, message: ConsoleMessage) -> None:
        # A page that refuses an entry answers 4xx to the script that sent it; the page then says why.
        if message.type == "error" and "status of 409" not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _note_failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in str(request.failure):  # somebody went on to the next page
            self.troubles.append(f"{request.url}: {request.failure}")

    def _stay_here(self, route: Route) -> None:
        url = route.request.url
        if not url.startswith((self.home, "data:", "blob:")):
            self.troubles.append(f"a request to {url}")
            route.abort()
        else:
            route.continue_()

    # --- doing ----------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(path)

    def _click(self, target: Locator, stays: bool) -> None:
        self.clicks += 1
        if stays:
            target.click()
            return
        with self.page.expect_navigation():
            target.click()

    def click(self, name: str | re.Pattern, *, exact: bool = True, within: str = "body") -> None:
        """Click a link."""
        self._click(self.page.locator(within).get_by_role("link", name=name, exact=exact).first, stays=False)

    def press(self, name: str | re.Pattern, *, stays: bool = False, exact: bool = True) -> None:
        """Click a button; one that `stays` leads to no other page."""
        self._click(self.page.locator("#content").get_by_role("button", name=name, exact=exact).first, stays)

    def step(self, name: str) -> None:
        """Click one of the next steps of a document."""
        self._click(self.page.locator("#acts").get_by_text(name, exact=True), stays=False)

    def tick(self, *rows: str) -> None:
        """Tick rows of a list by what stands in them; without, all of the page."""
        if not rows:
            self.page.locator("#action-toggle").click()
            self.clicks += 1
        for text in rows:
            self.page.locator("#result_list tbody tr", has_text=text).locator(".action-select").click()
            self.clicks += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).first.select_option(label=option)

    def scan(self, *codes: str) -> None:
        """What a scanner does: it types the code and presses Enter."""
        box = self.page.locator("#scan-box")
        for code in codes:
            box.fill(code)
            box.press("Enter")

    # --- seeing ---------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    @property
    def said(self) -> str:
        """The messages at the top of the page."""
        return " ".join(self.page.locator(".messagelist li").all_inner_texts())

    @property
    def primary(self) -> str:
        """The one filled button among the next steps."""
        filled = self.page.locator("#acts .primary")
        return filled.inner_text() if filled.count() == 1 else f"{filled.count()} filled buttons"

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def hears(self, text: str) -> None:
        """What a scan says, also to people who listen to the page."""
        self.page.locator("#scan-result[role=status]", has_text=text).wait_for()

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
