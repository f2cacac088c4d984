"""What a mutation run changes: one place of one module, as a careless hand would have written it.

Comparisons lose or gain their end, sums become differences, conditions turn round, a refusal or a write is left out, a
member of a permission is dropped. Texts, type hints and what only the type checker can reach stay as they are.
"""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
#: Types, patterns, words of errors and decorators: a change there is another program, not a mistake.
_LEFT_ALONE = {"annotation", "returns", "pattern", "exc", "cause", "format_spec", "type", "decorator_list"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the `number`-th possible one of the module. `function` is the first line of the one it lies in."""

    path: Path
    number: int
    line: int
    change: str
    #: None where it lies outside functions, so that it acts when the module is imported.
    function: int | None


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a node hangs in the tree."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    function: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(path: Path) -> list[Mutant]:
    """Every change of the module, in the order of its lines."""
    found = enumerate(_changes(ast.parse(_source(path))))
    return [
        Mutant(
            path, number, getattr(slot.node, "lineno", 0), f"{_text(slot.node)} → {_text(new)}", slot.function
        )
        for number, (slot, new) in found
    ]


def tree(path: Path, mutant: Mutant | None = None) -> ast.Module:
    """The module as it is, or as the mutant has it."""
    parsed = ast.parse(_source(path))
    if mutant:
        slot, new = next(item for number, item in enumerate(_changes(parsed)) if number == mutant.number)
        slot.put(ast.copy_location(new, slot.node))
        ast.fix_missing_locations(parsed)
    return parsed


@functools.cache
def _source(path: Path) -> str:
    """The module as it was when the run began."""
    return path.read_text()


def _changes(parsed: ast.Module) -> Iterator[tuple[_Slot, ast.AST]]:
    return ((slot, new) for slot in _slots(parsed, None) for new in _alternatives(slot.node))


def _slots(parent: ast.AST, function: int | None) -> Iterator[_Slot]:
    for field, value in ast.iter_fields(parent):
        if field in _LEFT_ALONE:
            continue
        inside = function
        if isinstance(parent, ast.FunctionDef) and field == "body" and function is None:
            inside = min([parent.lineno, *(one.lineno for one in parent.decorator_list)])
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(node, ast.AST) and not isinstance(node, ast.JoinedStr) and not _unreachable(node):
                yield _Slot(parent, field, index, node, inside)
                yield from _slots(node, inside)


def _unreachable(node: ast.AST) -> bool:
    """What the type checker alone looks at."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
    return False


def _alternatives(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[op], comparators=comparators):
            return [ast.Compare(left, [other()], comparators) for other in _COMPARISONS[type(op)]]
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return [
                ast.Compare(left, [*ops[:place], other(), *ops[place + 1 :]], comparators)
                for place, op in enumerate(ops)
                for other in _COMPARISONS[type(op)]
            ]
        case ast.BinOp(left=left, op=op, right=right):
            return [ast.BinOp(left, _SUMS[type(op)](), right)] if type(op) in _SUMS else []
        case ast.BoolOp(op=op, values=values):
            return [ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return [operand]
        case ast.Constant(value=bool(value)):
            return [ast.Constant(not value)]
        case ast.Constant(value=int(value)):
            return [ast.Constant(value + 1)]
        case ast.Constant(value=float(value)):
            return [ast.Constant(value + 0.5)]
        case ast.Set(elts=members) if len(members) > 1:
            return [ast.Set([*members[:place], *members[place + 1 :]]) for place in range(len(members))]
        case ast.Call(func=ast.Name(id=name), args=given, keywords=named) if name in _FUNCTIONS:
            return [ast.Call(ast.Name(_FUNCTIONS[name], ast.Load()), given, named)]
        case _:
            return _other_statements(node)


def _other_statements(node: ast.AST) -> Iterable[ast.AST]:
    match node:
        case ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            return [ast.Pass()]
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return [ast.Pass()]
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            return [ast.Return(ast.Constant(None))]
        case ast.If(test=test, body=body, orelse=orelse) if not _turns_itself(test):
            return [ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)]
        case ast.IfExp(test=test, body=one, orelse=other) if not _turns_itself(test):
            return [ast.IfExp(ast.UnaryOp(ast.Not(), test), one, other)]
        case ast.comprehension(target=target, iter=source, ifs=[_, *_], is_async=kind):
            return [ast.comprehension(target, source, [], kind)]
        case ast.Continue():
            return [ast.Break()]
        case ast.Break():
            return [ast.Continue()]
    return []


def _turns_itself(test: ast.expr) -> bool:
    """Whether a change of the condition itself turns it round."""
    return isinstance(test, ast.Compare | ast.UnaryOp)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _text(node: ast.AST) -> str:
    """One short line that shows the node."""
    match node:
        case ast.If(test=test):
            text = f"if {ast.unparse(test)}"
        case ast.comprehension():
            text = ast.unparse(node).strip()
        case _:
            text = ast.unparse(node)
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:87]}…"
