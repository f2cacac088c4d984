"""The source of the product as the rules of the house read it: each file parsed once in a test process."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a module; only to be read."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All of it in the order of `ast.walk`, which takes longer than parsing."""
    return tuple(ast.walk(tree(path)))
