"""A graph for tests that uses all of Federation 2 at once: things, makers, stock, reviews, people."""

from __future__ import annotations

from typing import Any

from gateway.tests.mesh import Mesh, Record, Ref, Store

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable",'
    ' "@external", "@requires", "@provides", "@inaccessible", "@interfaceObject", "@override", "@tag"])\n'
)
CATALOG = (
    LINK
    + """
"A thing one can buy."
interface Thing @key(fields: "id") { id: ID! label: String! }
type Product implements Thing @key(fields: "id") @key(fields: "upc") {
  id: ID!
  upc: ID!
  label: String!
  price(currency: String = "EUR"): Money!
  weight: Float!
  size: Size @shareable
  kind: Kind!
  related(first: Int = 2): [Product!]
  maker: Maker @provides(fields: "name")
  secret: String @inaccessible
}
type Bundle implements Thing @key(fields: "id") { id: ID! label: String! parts: [Product!]! discount: Int }
union Found = Product | Bundle
type Money @shareable { amount: Int! currency: String! }
type Size @shareable { width: Int height: Int }
type Maker @key(fields: "country code") { country: String! code: ID! name: String! @external }
enum Kind { TOOL TOY BOOK }
type Stats { products: Int! }
type Query {
  products(kind: Kind, first: Int = 3): [Product!]
  product(upc: ID!): Product
  things: [Thing]
  search(text: String): [Found!]!
  stats: Stats @shareable
}
type Mutation { relabel(upc: ID!, label: String!): Product }
"""
)
STOCK = (
    LINK
    + """
type Product @key(fields: "upc") {
  upc: ID!
  weight: Float! @external
  price(currency: String = "EUR"): Money! @external
  shippingCost(to: Zone!): Int! @requires(fields: "weight price(currency: \\"EUR\\") { amount }")
  inStock: Int!
  warehouse: Warehouse
}
type Money @shareable { amount: Int! currency: String! }
type Warehouse @key(fields: "id") { id: ID! products(first: Int = 2): [Product!]! area: Area! tall: Boolean }
type Area @shareable { name: String! }
enum Zone { NEAR FAR }
type Query { warehouses: [Warehouse!] }
type Mutation { restock(upc: ID!, by: Int!): Product }
"""
)
REVIEWS = (
    LINK
    + """
type Thing @key(fields: "id") @interfaceObject {
  id: ID!
  label: String! @external
  headline: String! @requires(fields: "label")
  reviews(first: Int = 2): [Review!]!
  rating: Float
}
type Review @key(fields: "id") { id: ID! body: String! author: Person thing: Thing stars: Int! }
type Person @key(fields: "email") { email: ID! reviews: [Review!]! }
type Query { latestReviews(first: Int = 3): [Review!]! }
"""
)
PEOPLE = (
    LINK
    + """
type Person @key(fields: "id") @key(fields: "email") {
  id: ID!
  email: ID!
  name: String!
  friends: [Person!]!
  address: Address
  badge: Badge
  nickname: String
}
type Address { city: String area: Area }
type Area @shareable { name: String! }
interface Badge { title: String! }
type Gold implements Badge { title: String! level: Int! owner: Person! }
type Plain implements Badge { title: String! since: Int }
type Stats { people: Int! }
type Query { me: Person people(ids: [ID!]): [Person]! stats: Stats @shareable }
"""
)
MAKERS = (
    LINK
    + """
type Maker @key(fields: "country code") @key(fields: "id") {
  id: ID! country: String! code: ID! name: String! flagship: Product boss: Person
}
type Product @key(fields: "id") { id: ID! madeIn: String size: Size @shareable }
type Size @shareable { width: Int height: Int }
type Person @key(fields: "id") { id: ID! employer: Maker nickname: String @override(from: "people") }
type Query { makers: [Maker!]! maker(id: ID!): Maker }
"""
)
SDLS = {"catalog": CATALOG, "stock": STOCK, "reviews": REVIEWS, "people": PEOPLE, "makers": MAKERS}
COUNT = 6


def shop(**sdls: str) -> Mesh:
    """The shop; single members may be given another SDL."""
    return Mesh.of({**SDLS, **sdls}, shop_store())


def shop_store() -> Store:
    """The data. Some links are null on purpose."""
    numbers = range(1, COUNT + 1)
    records = {
        "Product": {str(n): _product(n) for n in numbers},
        "Bundle": {f"b{n}": _bundle(n) for n in (1, 2)},
        "Maker": {str(n): _maker(n) for n in (1, 2)},
        "Warehouse": {str(n): _warehouse(n) for n in (1, 2)},
        "Review": {str(n): _review(n) for n in range(1, 10)},
        "Person": {str(n): _person(n) for n in (1, 2, 3)},
    }
    roots = {**_roots(), **_mutations(records["Product"])}
    return Store(records, roots, {"Product.shippingCost": _shipping, "Thing.headline": _headline})


def _shipping(sent: Record, arguments: Any) -> int:
    return int(sent["weight"] * 10 + sent["price"]["amount"] + (100 if arguments["to"] == "FAR" else 0))


def _headline(sent: Record, _arguments: Any) -> str:
    return f"All about {sent['label']}"


def _product(n: int) -> Record:
    return {
        "__interfaces": ["Thing"],
        "id": str(n),
        "upc": f"u{n}",
        "label": f"Product {n}",
        "price": lambda currency="EUR": {
            "amount": n * (100 if currency == "EUR" else 110),
            "currency": currency,
        },
        "weight": n / 2,
        "size": None if n == 4 else {"width": n, "height": n * 2},
        "kind": ("TOOL", "TOY", "BOOK")[n % 3],
        "related": lambda first=2: [Ref("Product", str((n + k) % COUNT + 1)) for k in range(first)],
        "maker": None if n == 3 else Ref("Maker", str(n % 2 + 1)),
        "inStock": n * 3,
        "warehouse": None if n == 5 else Ref("Warehouse", str(n % 2 + 1)),
        "madeIn": None if n == 2 else f"Town {n}",
        **_reviewed(str(n)),
    }


def _bundle(n: int) -> Record:
    return {
        "__interfaces": ["Thing"],
        "id": f"b{n}",
        "label": f"Bundle {n}",
        "parts": [Ref("Product", str(n)), Ref("Product", str(n + 1))],
        "discount": None if n == 1 else 15,
        **_reviewed(f"b{n}"),
    }


def _reviewed(thing: str) -> Record:
    own = [n for n in range(1, 10) if _thing_of(n).id == thing]
    return {
        "reviews": lambda first=2: [Ref("Review", str(n)) for n in own[:first]],
        "rating": None if not own else sum(n % 5 for n in own) / len(own),
    }


def _thing_of(n: int) -> Ref:
    return Ref("Bundle", f"b{n - 7}") if n in (8, 9) else Ref("Product", str((n - 1) % COUNT + 1))


def _maker(n: int) -> Record:
    return {
        "id": str(n),
        "country": f"C{n}",
        "code": f"{n}{n}",
        "name": f"Maker {n}",
        "flagship": Ref("Product", str(n + 1)),
        "boss": None if n == 2 else Ref("Person", "1"),
    }


def _warehouse(n: int) -> Record:
    return {
        "id": str(n),
        "products": lambda first=2: [
            Ref("Product", str(n + 2 * k)) for k in range(first) if n + 2 * k <= COUNT
        ],
        "area": {"name": f"Area {n}"},
        "tall": None if n == 1 else True,
    }


def _review(n: int) -> Record:
    return {
        "id": str(n),
        "body": f"Review {n}",
        "stars": n % 5,
        "author": None if n == 7 else Ref("Person", str(n % 3 + 1)),
        "thing": _thing_of(n),
    }


def _person(n: int) -> Record:
    badge = {"__typename": "Gold", "title": "Gold", "level": n, "owner": Ref("Person", str(n))}
    return {
        "id": str(n),
        "email": f"p{n}@example.org",
        "name": f"Person {n}",
        "friends": [Ref("Person", str(n % 3 + 1))],
        "address": None if n == 3 else {"city": f"City {n}", "area": {"name": f"Area {n}"}},
        "badge": badge if n % 2 else {"__typename": "Plain", "title": "Plain", "since": 2000 + n},
        "reviews": [Ref("Review", str(k)) for k in range(1, 10) if k != 7 and k % 3 + 1 == n],
        "employer": Ref("Maker", "1") if n == 1 else None,
        "nickname": f"Nick {n}",
    }


def _mutations(products: dict[str, Record]) -> Record:
    def relabel(upc: str, label: str) -> Ref:
        products[upc[1:]]["label"] = label
        return Ref("Product", upc[1:])

    def restock(upc: str, by: int) -> Ref:
        products[upc[1:]]["inStock"] += by
        return Ref("Product", upc[1:])

    return {"relabel": relabel, "restock": restock}


def _roots() -> Record:
    kinds = ("TOOL", "TOY", "BOOK")

    def products(kind: str | None = None, first: int = 3) -> list[Ref]:
        found = [n for n in range(1, COUNT + 1) if kind is None or kinds[n % 3] == kind]
        return [Ref("Product", str(n)) for n in found[:first]]

    return {
        "products": products,
        "product": lambda upc: (
            Ref("Product", upc[1:]) if upc[1:].isdigit() and int(upc[1:]) <= COUNT else None
        ),
        "things": [Ref("Product", "1"), Ref("Bundle", "b1"), None, Ref("Bundle", "b2"), Ref("Product", "4")],
        "search": lambda text=None: [Ref("Product", "2"), Ref("Bundle", "b1"), Ref("Product", "6")],
        "stats": {"products": COUNT, "people": 3},
        "warehouses": [Ref("Warehouse", "1"), Ref("Warehouse", "2")],
        "latestReviews": lambda first=3: [Ref("Review", str(9 - k)) for k in range(first)],
        "me": Ref("Person", "1"),
        "people": lambda ids=("1", "3"): [Ref("Person", one) if one in "123" else None for one in ids],
        "makers": [Ref("Maker", "1"), Ref("Maker", "2")],
        "maker": lambda **given: Ref("Maker", given["id"]) if given["id"] in ("1", "2") else None,
    }
