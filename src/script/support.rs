//! [`Support`]: the support scripts. What they export is visible in every spec, at top level, in
//! closures and inside named functions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rhai::{AST, Dynamic, Engine, Module, Position, Stmt};

use crate::outcome::{Failure, Frame};

use super::closure::{Closure, location};
use super::collect::HookKind;
use super::error::misuse;

/// Constants exported by support scripts, by name; shared with the engine that looks them up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exports(Rc<RefCell<HashMap<String, Export>>>);

#[derive(Clone, Debug)]
struct Export {
    value: Dynamic,
    file: String,
}

impl Exports {
    /// The value of an exported constant.
    pub(crate) fn value(&self, name: &str) -> Option<Dynamic> {
        self.0.borrow().get(name).map(|export| export.value.clone())
    }

    /// Every exported name, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.borrow().keys().cloned().collect();
        names.sort();
        names
    }

    fn file_of(&self, name: &str) -> Option<String> {
        self.0.borrow().get(name).map(|export| export.file.clone())
    }
}

/// What the support scripts give to every spec.
#[derive(Default)]
pub(crate) struct Support {
    /// Exported constants.
    pub(crate) exports: Exports,
    /// Hooks around every test.
    pub(crate) hooks: Vec<(HookKind, Closure)>,
    /// Which file defines each function: name and number of parameters.
    functions: HashMap<(String, usize), String>,
}

impl Support {
    /// Makes a support script's functions and exported constants visible everywhere.
    pub(crate) fn add(&mut self, engine: &mut Engine, file: &str, ast: &AST, module: Module) -> Result<(), Failure> {
        for (name, value) in module.iter_var() {
            if let Some(other) = self.exports.file_of(name) {
                return Err(placed(
                    misuse(format!("`{name}` is exported by two support scripts"))
                        .detail(format!("by {other} and by {file}"))
                        .advise("give one of them another name"),
                    file,
                    declared_at(ast, name),
                ));
            }
            self.exports
                .0
                .borrow_mut()
                .insert(name.to_string(), Export { value: value.clone(), file: file.to_owned() });
        }
        for function in ast.iter_functions() {
            if function.name.starts_with("anon$") || function.access == rhai::FnAccess::Private {
                continue;
            }
            let key = (function.name.to_owned(), function.params.len());
            if let Some(other) = self.functions.get(&key) {
                return Err(misuse(format!("function `{}` is defined by two support scripts", function.name))
                    .detail(format!("by {other} and by {file}"))
                    .advise("give one of them another name, or write `private fn` where only its own file needs it"));
            }
            self.functions.insert(key, file.to_owned());
        }
        engine.register_global_module(module.into());
        Ok(())
    }

    /// A spec's own top-level names must not be those of exported constants: inside functions the
    /// exported one would win.
    pub(crate) fn check_names(&self, spec: &str, ast: &AST) -> Result<(), Failure> {
        for statement in ast.statements() {
            let Stmt::Var(declared, ..) = statement else { continue };
            let name = declared.0.name.as_str();
            if let Some(file) = self.exports.file_of(name) {
                let failure = misuse(format!("`{name}` is already the name of a support script's export"))
                    .detail(format!("exported by {file}"))
                    .advise("give the variable another name: inside functions the exported one would win");
                return Err(placed(failure, spec, declared.0.pos));
            }
        }
        Ok(())
    }
}

/// Where a script declares a top-level variable.
fn declared_at(ast: &AST, name: &str) -> Position {
    let declared = ast.statements().iter().find_map(|statement| match statement {
        Stmt::Var(declared, ..) if declared.0.name == name => Some(declared.0.pos),
        _ => None,
    });
    declared.unwrap_or(Position::NONE)
}

fn placed(mut failure: Failure, file: &str, position: Position) -> Failure {
    failure.frames.push(Frame { location: location(file, position), function: None, excerpt: Vec::new() });
    failure
}
