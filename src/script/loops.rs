//! Finds tests that capture the variable of a `for` loop: such a closure shares the variable, so
//! that every test would see its last value (tried on rhai 1.27).

use rhai::{AST, ASTNode, Expr, Position, Stmt};

/// Functions whose closures run later, when the loop is over.
const KEEPERS: &[&str] = &[
    "it",
    "test",
    "it_only",
    "it_skip",
    "it_fixme",
    "it_fails",
    "test_only",
    "test_skip",
    "test_fixme",
    "test_fails",
    "describe",
    "context",
    "describe_only",
    "describe_skip",
    "describe_fixme",
    "describe_fails",
    "before_all",
    "before_each",
    "after_each",
    "after_all",
    "before",
    "after",
    "define_session",
];

/// A test in a loop that captures the loop's variable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Captured {
    /// The variable.
    pub(crate) variable: String,
    /// The function the closure is given to.
    pub(crate) function: String,
    /// Where the `for` stands.
    pub(crate) looped_at: Position,
    /// Where that function is called.
    pub(crate) called_at: Position,
}

/// The first such test of a script.
pub(crate) fn captured_loop_variable(ast: &AST) -> Option<Captured> {
    let mut found = None;
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Stmt(Stmt::Share(variables))) = path.last() {
            found = variables.iter().find_map(|(variable, _)| captured(path, variable.name.as_str()));
        }
        found.is_none()
    });
    found
}

fn captured(path: &[ASTNode], variable: &str) -> Option<Captured> {
    let (depth, looped_at) = path.iter().enumerate().rev().find_map(|(depth, node)| match node {
        ASTNode::Stmt(Stmt::For(inner, position))
            if inner.0.name == variable || inner.1.as_ref().is_some_and(|counter| counter.name == variable) =>
        {
            Some((depth, *position))
        }
        _ => None,
    })?;
    let inside = &path[depth + 1..];
    if is_shadowed(path, depth, variable) {
        return None;
    }
    inside.iter().find_map(|node| {
        let (name, called_at) = match node {
            ASTNode::Stmt(Stmt::FnCall(call, position)) | ASTNode::Expr(Expr::FnCall(call, position)) => {
                (&call.name, *position)
            }
            _ => return None,
        };
        KEEPERS.contains(&name.as_str()).then(|| Captured {
            variable: variable.to_owned(),
            function: name.to_string(),
            looped_at,
            called_at,
        })
    })
}

/// `let x = x;` in the loop's body, before the closure: then `x` is another variable each time.
fn is_shadowed(path: &[ASTNode], depth: usize, variable: &str) -> bool {
    let Some(ASTNode::Stmt(Stmt::For(inner, _))) = path.get(depth) else { return false };
    let declares = |statement: &Stmt| matches!(statement, Stmt::Var(declared, ..) if declared.0.name == variable);
    let in_blocks = path[depth + 1..].iter().any(|node| match node {
        ASTNode::Stmt(Stmt::Block(block)) | ASTNode::Expr(Expr::Stmt(block)) => block.statements().iter().any(declares),
        _ => false,
    });
    in_blocks || inner.2.body.statements().iter().any(declares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::{Engine, OptimizationLevel};

    #[track_caller]
    fn check(script: &str, expected: Option<(&str, &str)>) {
        let mut engine = Engine::new();
        engine.set_optimization_level(OptimizationLevel::None);
        let ast = engine.compile(script).expect("compiles");
        let found = captured_loop_variable(&ast);
        assert_eq!(found.as_ref().map(|found| (found.variable.as_str(), found.function.as_str())), expected);
    }

    #[test]
    fn a_test_that_captures_the_loop_variable_is_found() {
        check(r#"for x in [1, 2] { it("a" + x, || print(x)); }"#, Some(("x", "it")));
        check(r#"describe("d", || { for x in [1, 2] { it("a" + x, || print(x)); } });"#, Some(("x", "it")));
        check(r#"fn make() { for x in [1] { it("a", #{ tags: "b" }, || print(x)); } }"#, Some(("x", "it")));
        check(r#"for (x, i) in [1] { it("a", || print(i)); }"#, Some(("i", "it")));
        check(r#"for x in [1] { describe("d", || { it("a", || print(x)); }); }"#, Some(("x", "describe")));
    }

    #[test]
    fn what_is_safe_is_left_alone() {
        check(r#"for x in [1, 2] { let y = x; it("a" + x, || print(y)); }"#, None);
        check(r#"for x in [1, 2] { let x = x; it("a" + x, || print(x)); }"#, None);
        check(r#"for x in [1, 2] { it("a" + x, || print(1)); }"#, None);
        check(r#"it("a", || { for x in [1] { [2].map(|y| x + y); } });"#, None);
        check(r#"let all = 1; it("a", || print(all));"#, None);
    }
}
