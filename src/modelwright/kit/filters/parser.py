"""Text to tree, by recursive descent with a bounded depth.

    filter  = any ;                 any  = all { OR all } ;      all = { AND } item { { AND } item } { AND } ;
    item    = NOT item | "(" any ")" | clause ;
    clause  = field ( comparator value | [NOT] LIKE/ILIKE/RLIKE text | [NOT] IN "(" value { "," value } ")"
            | [NOT] BETWEEN value AND value | IS [NOT] NULL ) ;
    field   = key | prefix "." key | function "(" field ")" ;

MLflow's grammars are inside it: its clauses may stand side by side, and an AND may lead or dangle.
Knows nothing of which fields exist.
"""

from __future__ import annotations

from modelwright.kit.filters.lexer import Kind, Token, refuse, tokens
from modelwright.kit.filters.nodes import All, Clause, Literal, Name, Node, Not, Operator, Some
from modelwright.types.errors import Invalid

MAX_CLAUSES = 1_000
MAX_VALUES = 5_000
"""Values in all lists of a filter together."""
MAX_DEPTH = 50

_INVALID = "Invalid clause(s) in filter string"
_WORDS = {"like": Operator.LIKE, "ilike": Operator.ILIKE, "rlike": Operator.RLIKE}
_SIGNS = {"=~": Operator.RLIKE, "!~": Operator.NOT_RLIKE} | {
    operator.value: operator
    for operator in (Operator.EQ, Operator.NE, Operator.LT, Operator.LE, Operator.GT, Operator.GE)
}
_NEGATED = {
    Operator.LIKE: Operator.NOT_LIKE,
    Operator.ILIKE: Operator.NOT_ILIKE,
    Operator.RLIKE: Operator.NOT_RLIKE,
    Operator.IN: Operator.NOT_IN,
    Operator.BETWEEN: Operator.NOT_BETWEEN,
}


def parse(text: str) -> Node | None:
    """The tree of a filter; None for an empty one.

    Raises:
        Invalid: not a filter, or over 100,000 characters, 1,000 clauses or 50 levels; the message names the place.
    """
    if not text or text.isspace():
        return None
    return _Parser(text).whole()


def parse_name(text: str, *, where: str) -> tuple[Name, str]:
    """A field at the start of an order item, and the words after it in lower case.

    Raises:
        Invalid: the text does not begin with a field.
    """
    parser = _Parser(text, where=where)
    name = parser.name()
    return name, " ".join(token.text.lower() for token in parser.rest())


class _Parser:
    def __init__(self, text: str, *, where: str = "filter") -> None:
        self._text = text
        self._where = where
        self._coming = tokens(text, where=where)
        self._token = next(self._coming)
        self._clauses = 0
        self._values_left = MAX_VALUES

    def whole(self) -> Node | None:
        node = self._any(0)
        token = self._token
        if token.kind is not Kind.END:
            raise self._refuse(
                "a closing parenthesis without an opening one" if token.text == ")" else self._unexpected(token),
                token,
            )
        return node

    def rest(self) -> list[Token]:
        found: list[Token] = []
        while self._token.kind is not Kind.END and len(found) < 3:
            found.append(self._next())
        return found

    def _next(self) -> Token:
        token = self._token
        if token.kind is not Kind.END:
            self._token = next(self._coming)
        return token

    def _word(self, word: str) -> bool:
        """Take a keyword if it is next."""
        token = self._token
        if token.kind is Kind.KEYWORD and token.text == word:
            self._next()
            return True
        return False

    def _mark(self, mark: str) -> bool:
        token = self._token
        if token.kind is Kind.MARK and token.text == mark:
            self._next()
            return True
        return False

    def _refuse(self, message: str, token: Token, *, hint: str = "") -> Invalid:
        return refuse(f"{_INVALID}: {message}", self._text, token.at, hint=hint, where=self._where)

    def _unexpected(self, token: Token) -> str:
        if token.kind is Kind.END:
            return "it ends too early"
        return f"{token.text or token.key!r} is unexpected here"

    def _any(self, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise self._refuse(f"more than {MAX_DEPTH} levels of parentheses and NOT", self._token)
        start = self._token
        first = self._all(depth)
        if not (self._token.kind is Kind.KEYWORD and self._token.text == "or"):
            return first
        if first is None:
            raise self._refuse("OR needs a clause on its left", start)
        items = [first]
        while self._word("or"):
            item = self._all(depth)
            if item is None:
                raise self._refuse("OR needs a clause on its right", self._token)
            items.append(item)
        return Some(tuple(items))

    def _all(self, depth: int) -> Node | None:
        """Clauses with AND or nothing between them; None when there is none at all."""
        items: list[Node] = []
        while True:
            if self._word("and"):
                continue
            token = self._token
            if (
                token.kind is Kind.END
                or (token.kind is Kind.MARK and token.text == ")")
                or (token.kind is Kind.KEYWORD and token.text == "or")
            ):
                break
            items.append(self._item(depth))
        if not items:
            return None
        return items[0] if len(items) == 1 else All(tuple(items))

    def _item(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._refuse(f"more than {MAX_DEPTH} levels of parentheses and NOT", self._token)
        if self._word("not"):
            if self._token.kind is Kind.END:
                raise self._refuse("NOT needs a clause after it", self._token)
            return Not(self._item(depth + 1))
        opening = self._token
        if self._mark("("):
            node = self._any(depth + 1)
            if not self._mark(")"):
                raise self._refuse("this parenthesis is never closed", opening)
            if node is None:
                raise self._refuse("there is nothing between the parentheses", opening)
            return node
        return self._clause()

    def name(self) -> Name:
        """A field."""
        token = self._next()
        if token.kind is Kind.QUOTED:
            return Name(token.text, at=token.at)
        if token.kind is not Kind.NAME:
            hint = "begin a clause with a field, as in metrics.loss < 0.1 or tags.team = 'vision'"
            if token.kind is Kind.KEYWORD and token.text == "or":
                hint = "OR stands between two clauses"
            raise self._refuse(f"expected a field, {self._unexpected(token)}", token, hint=hint)
        if self._token.kind is Kind.MARK and self._token.text == "(" and "." not in token.text and token.key is None:
            self._next()
            inner = self.name()
            if not self._mark(")"):
                raise self._refuse("this parenthesis is never closed", token)
            if inner.function:
                raise self._refuse("a function of a function", token)
            return Name(inner.key, inner.prefix, token.text.lower(), at=token.at)
        if token.key is not None:
            return Name(token.key, token.text, at=token.at)
        prefix, dot, key = token.text.partition(".")
        if dot and not key:
            raise self._refuse("a key must follow the dot", token)
        return Name(key, prefix, at=token.at) if dot else Name(token.text, at=token.at)

    def _clause(self) -> Clause:
        name = self.name()
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise Invalid(
                f"the filter has more than {MAX_CLAUSES:,} clauses", where=self._where, hint="use IN for many values"
            )
        token = self._next()
        if token.kind is Kind.OPERATOR:
            operator = _SIGNS.get(token.text)
            if operator is None:
                better = "=" if token.text == "==" else "!="
                raise self._refuse(f"Invalid comparator '{token.text}'", token, hint=f"write {better}")
            return Clause(name, operator, (self._value(),), token.at)
        if token.kind is Kind.KEYWORD:
            if token.text == "is":
                negated = self._word("not")
                if not self._word("null"):
                    raise self._refuse("expected NULL after IS", self._token, hint="write IS NULL or IS NOT NULL")
                return Clause(name, Operator.IS_NOT_NULL if negated else Operator.IS_NULL, (), token.at)
            negated = token.text == "not"
            word = self._next() if negated else token
            operator = self._worded(word)
            if operator is not None:
                values = self._values(operator)
                return Clause(name, _NEGATED[operator] if negated else operator, values, token.at)
        raise self._refuse(
            f"expected a comparator after {str(name)[:60]}, {self._unexpected(token)}",
            token,
            hint="one of = != < <= > >= LIKE ILIKE RLIKE IN BETWEEN IS NULL; "
            "if this belongs to the key, quote the key with backticks",
        )

    def _worded(self, token: Token) -> Operator | None:
        if token.kind is not Kind.KEYWORD:
            return None
        if token.text in _WORDS:
            return _WORDS[token.text]
        return {"in": Operator.IN, "between": Operator.BETWEEN}.get(token.text)

    def _values(self, operator: Operator) -> tuple[Literal, ...]:
        if operator is Operator.BETWEEN:
            low = self._value()
            if not self._word("and"):
                raise self._refuse("BETWEEN needs two values with AND between them", self._token)
            return (low, self._value())
        if operator is not Operator.IN:
            return (self._value(),)
        if not self._mark("("):
            raise self._refuse("IN needs a list in parentheses", self._token, hint="write IN ('a', 'b')")
        values = [self._value()]
        while self._mark(","):
            values.append(self._value())
        if not self._mark(")"):
            raise self._refuse("expected a comma or a closing parenthesis", self._token)
        return tuple(values)

    def _value(self) -> Literal:
        token = self._next()
        self._values_left -= 1
        if self._values_left < 0:
            raise Invalid(f"the filter has more than {MAX_VALUES:,} values", where=self._where)
        if token.kind in (Kind.TEXT, Kind.QUOTED):
            return Literal(token.text, token.at)
        if token.value is not None:
            return Literal(token.value, token.at)
        if token.kind is Kind.NAME and token.key is None and token.text.lower() in ("inf", "infinity"):
            return Literal(float("inf"), token.at)
        if token.kind is Kind.KEYWORD and token.text in ("true", "false"):
            return Literal(token.text, token.at)
        raise self._refuse(
            f"{self._unexpected(token)}. Expected a quoted string value (e.g. 'my-value') or a number",
            token,
        )
