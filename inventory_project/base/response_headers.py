"""What every answer tells the browser, whatever made it: an answer that says otherwise itself is left alone."""

FEATURES = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
    *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial"),
    *("usb", "xr-spatial-tracking"),
)
"""What the back office never asks a browser for, so that nothing on its pages can."""

HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in FEATURES),
    "Cross-Origin-Resource-Policy": "same-origin",
}


class ResponseHeadersMiddleware:
    """Adds them. What was made for a person or a program is kept by nobody on the way."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Whoever has an ETag asks again with it, and may keep what it is about.
        response.headers.setdefault("Cache-Control", f"private, {'no-cache' if 'ETag' in response else 'no-store'}")
        return response
