//! What can be said of scripts without running a test: unknown functions, wrong numbers of arguments,
//! unknown options and sessions; and what deserves a second look.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Dynamic, Expr, FnCallExpr, Map, Position, Stmt};

use crate::model::SpecPath;
use crate::outcome::{Failure, Frame};

use super::api;
use super::closure::location;
use super::collect::SessionRef;
use super::error::misuse;
use super::failure::{no_function, takes_other_arguments};
use super::host::Host;
use super::options::Options;

/// What a check came to.
#[derive(Debug, Default)]
pub struct CheckReport {
    /// What would fail when it runs.
    pub errors: Vec<Failure>,
    /// What deserves a second look.
    pub warnings: Vec<Failure>,
}

/// Part of the language itself.
const BUILT_IN: &[&str] =
    &["call", "curry", "Fn", "eval", "print", "debug", "type_of", "is_shared", "is_def_var", "is_def_fn", "import"];

/// What a reader looks at once, and the assertion that is retried.
const RETRIED: &[(&str, &str)] = &[
    ("count", "to_have_count"),
    ("text", "to_have_text"),
    ("inner_text", "to_have_text"),
    ("all_texts", "to_have_text"),
    ("value", "to_have_value"),
    ("attr", "to_have_attribute"),
    ("css", "to_have_css"),
    ("prop", "to_have_js_property"),
    ("is_visible", "to_be_visible"),
    ("is_hidden", "to_be_hidden"),
    ("is_enabled", "to_be_enabled"),
    ("is_checked", "to_be_checked"),
    ("is_editable", "to_be_editable"),
];

/// Functions by name, with the numbers of arguments they take.
type Arities = BTreeMap<String, BTreeSet<usize>>;

/// A file and what is known of all of them.
struct Known<'a> {
    /// Of the API and of Rhai.
    native: &'a Arities,
    /// Of support scripts.
    support: &'a Arities,
    /// Of the file itself.
    own: Arities,
    /// Keys of maps anywhere: what is called may be a closure in a map.
    keys: &'a BTreeSet<String>,
}

/// A call in a script.
struct Called {
    call: FnCallExpr,
    position: Position,
    on_value: bool,
}

impl Host {
    /// Looks through scripts that were loaded; `support` of them first.
    pub fn check(&self, support: &[SpecPath], specs: &[SpecPath]) -> CheckReport {
        let parsed: Vec<(&SpecPath, AST)> = support.iter().chain(specs).filter_map(|path| self.parsed(path)).collect();
        let native = self.native_functions();
        let mut shared = Arities::new();
        for (_, ast) in &parsed[..support.len().min(parsed.len())] {
            add_functions(&mut shared, ast);
        }
        let keys: BTreeSet<String> = parsed.iter().flat_map(|(_, ast)| map_keys(ast)).collect();
        let mut report = CheckReport::default();
        for (path, ast) in &parsed {
            let mut own = Arities::new();
            add_functions(&mut own, ast);
            let known = Known { native: &native, support: &shared, own, keys: &keys };
            self.check_file(path, ast, &known, &mut report);
        }
        self.check_unused(&parsed, &mut report);
        for failure in report.errors.iter_mut().chain(&mut report.warnings) {
            self.world.finish(failure);
        }
        report
    }

    /// The file as it was read; one that cannot be compiled was told of already.
    fn parsed<'a>(&self, path: &'a SpecPath) -> Option<(&'a SpecPath, AST)> {
        let text = self.world.sources.text(path.as_str())?;
        self.engine.compile(&*text).ok().map(|ast| (path, ast))
    }

    fn native_functions(&self) -> Arities {
        let mut found = Arities::new();
        let all = self.engine.collect_fn_metadata(
            None,
            |info| Some((info.metadata.name.to_string(), info.metadata.num_params)),
            true,
        );
        for (name, count) in all {
            found.entry(name).or_default().insert(count);
        }
        found
    }

    fn check_file(&self, path: &SpecPath, ast: &AST, known: &Known, report: &mut CheckReport) {
        let placed = |mut failure: Failure, position: Position| {
            failure.frames.push(Frame {
                location: location(path.as_str(), position),
                function: None,
                excerpt: Vec::new(),
            });
            failure
        };
        for called in calls(ast) {
            let found = [self.wrong_call(&called, known), wrong_option(&called), self.unknown_session(&called, path)];
            report.errors.extend(found.into_iter().flatten().map(|failure| placed(failure, called.position)));
            report.warnings.extend(looks_once(&called).map(|failure| placed(failure, called.position)));
        }
        let Some(spec) = self.specs.get(path) else { return };
        let definitions = self.world.definitions.borrow();
        for test in &spec.tests {
            let Some(SessionRef::Name(name)) = &test.session else { continue };
            if let Err(mut failure) = definitions.find(name, Some(path)) {
                let frame = Frame { location: test.case.location.clone(), function: None, excerpt: Vec::new() };
                failure.frames.push(frame);
                report.errors.push(failure);
            }
        }
    }

    fn wrong_call(&self, called: &Called, known: &Known) -> Option<Failure> {
        let name = called.call.name.as_str();
        let given = called.call.args.len();
        if called.call.is_qualified() || called.call.op_token.is_some() || BUILT_IN.contains(&name) || !is_name(name) {
            return None;
        }
        let scripted = known.own.get(name).into_iter().chain(known.support.get(name)).flatten();
        if scripted.clone().any(|count| *count == given) {
            return None;
        }
        let native = known.native.get(name);
        let passed = given + usize::from(called.on_value);
        if native.is_some_and(|counts| counts.contains(&passed)) || known.keys.contains(name) && called.on_value {
            return None;
        }
        let mut counts: Vec<usize> = scripted.copied().collect();
        counts.sort_unstable();
        match (native.is_some(), counts.as_slice()) {
            (false, []) => Some(no_function(name, &self.engine)),
            (false, counts) => {
                let takes: Vec<String> = counts.iter().map(ToString::to_string).collect();
                Some(
                    misuse(format!("`{name}` cannot be called with {}", arguments(given)))
                        .detail(format!("it takes {}", takes.join(" or "))),
                )
            }
            (true, _) => Some(takes_other_arguments(name, &arguments(given), &self.engine)),
        }
    }

    fn unknown_session(&self, called: &Called, path: &SpecPath) -> Option<Failure> {
        let [Expr::StringConstant(name, _)] = called.call.args.as_slice() else { return None };
        if called.call.name != "use_session" {
            return None;
        }
        let spec = (!self.world.definitions.borrow().is_support_file(path.as_str())).then_some(path);
        self.world.definitions.borrow().find(name, spec).err()
    }

    /// Constants that support scripts export and nobody reads.
    fn check_unused(&self, parsed: &[(&SpecPath, AST)], report: &mut CheckReport) {
        let used: BTreeSet<String> = parsed.iter().flat_map(|(_, ast)| variables(ast)).collect();
        for (path, ast) in parsed {
            if !self.world.definitions.borrow().is_support_file(path.as_str()) {
                continue;
            }
            for statement in ast.statements() {
                let Stmt::Var(declared, flags, _) = statement else { continue };
                let name = declared.0.name.as_str();
                if !flags.intersects(rhai::ASTFlags::EXPORTED) || used.contains(name) {
                    continue;
                }
                let mut failure = misuse(format!("`{name}` is exported, and nothing uses it"))
                    .advise("remove it, or the `export` in front of it");
                let place = location(path.as_str(), declared.0.pos);
                failure.frames.push(Frame { location: place, function: None, excerpt: Vec::new() });
                report.warnings.push(failure);
            }
        }
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        count => format!("{count} arguments"),
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn add_functions(into: &mut Arities, ast: &AST) {
    for function in ast.iter_functions() {
        into.entry(function.name.to_owned()).or_default().insert(function.params.len());
    }
}

/// Every call of a script, wherever it stands.
fn calls(ast: &AST) -> Vec<Called> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        found.extend(match path.last() {
            Some(ASTNode::Stmt(Stmt::FnCall(call, position)) | ASTNode::Expr(Expr::FnCall(call, position))) => {
                Some(Called { call: (**call).clone(), position: *position, on_value: false })
            }
            Some(ASTNode::Expr(Expr::MethodCall(call, position))) => {
                Some(Called { call: (**call).clone(), position: *position, on_value: true })
            }
            _ => None,
        });
        true
    });
    found
}

fn map_keys(ast: &AST) -> Vec<String> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
            found.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
        }
        true
    });
    found
}

/// Names that are read anywhere.
fn variables(ast: &AST) -> Vec<String> {
    let mut found = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Variable(variable, ..))) = path.last() {
            found.push(variable.1.to_string());
        }
        true
    });
    found
}

/// A key of the last argument, where that is a map written out, that the function does not know.
fn wrong_option(called: &Called) -> Option<Failure> {
    let name = called.call.name.as_str();
    let map = called.call.args.iter().rev().find_map(|argument| match argument {
        Expr::Map(map, _) => Some(map),
        _ => None,
    })?;
    let keys = api::option_keys(name)?;
    let given: Map = map.0.iter().map(|(key, _)| (key.name.as_str().into(), Dynamic::UNIT)).collect();
    Options::new(name, given, &keys).err()
}

fn looks_once(called: &Called) -> Option<Failure> {
    if called.call.name != "expect" {
        return None;
    }
    let Some(Expr::Dot(chain, ..)) = called.call.args.first() else { return None };
    let mut last = &chain.rhs;
    while let Expr::Dot(more, ..) = last {
        last = &more.rhs;
    }
    let Expr::MethodCall(read, _) = last else { return None };
    let (reader, assertion) = RETRIED.iter().find(|(reader, _)| read.name == *reader)?;
    Some(
        misuse(format!("`expect(x.{reader}(...))` looks once"))
            .advise(format!("`expect(x).{assertion}(...)` is tried again until it holds")),
    )
}
