"""Whom the sample company sells to."""

from .table import load

TRADES = ["Joinery", "Builders", "Electrics", "Roofing", "Hardware", "Interiors", "Facility Services", "Workshop"]
NAMES = ["Albrecht", "Bergström", "Carvalho", "De Vries", "Eriksen", "Fischer", "García", "Horváth", "Ito", "Keller"]
CITIES = [("Hamburg", "20095"), ("Berlin", "10115"), ("München", "80331"), ("Köln", "50667"), ("Leipzig", "04109")]


def build(world) -> None:
    """Customers with addresses; some with the trade price list, a credit limit, or on hold."""
    rows = [_customer(world, number) for number in range(1, world.size.customers + 1)]
    load("customers", rows, by=world.staff["Sales"])
    world.say(f"Customers: {world.size.customers}")


def _customer(world, number: int) -> dict[str, object]:
    chance = world.random
    city, postal_code = chance.choice(CITIES)
    reverse = chance.random() < 0.1
    return {
        "code": f"C{number:05d}",
        "name": f"{chance.choice(NAMES)} {chance.choice(TRADES)} {number}",
        "email": f"office{number}@customer.example",
        "phone": f"+49 40 {chance.randint(100_000, 999_999)}",
        "tax_id": f"NL{chance.randint(100_000_000, 999_999_999)}B01" if reverse else "",
        "tax_treatment": "reverse_charge" if reverse else "domestic",
        "price_list": "Trade" if chance.random() < 0.5 else "",
        "payment_terms_days": chance.choice([7, 14, 30]),
        "credit_limit": chance.choice(["", "", "250000"]),
        "on_hold": "yes" if number % 17 == 0 else "no",
        "line1": f"{chance.choice(['Market', 'Mill', 'Station', 'Garden'])} Street {chance.randint(1, 120)}",
        "city": "Utrecht" if reverse else city,
        "postal_code": "3511" if reverse else postal_code,
        "country": "NL" if reverse else "DE",
    }
