//! [`ProjectImports`]: `import "path" as x`, inside the project only.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

use crate::config::absolute;
use crate::model::SpecPath;

use super::error::{misuse, throw};
use super::world::World;

type SharedModule = Shared<Module>;

/// The spec on whose behalf a module is imported; `None` for support scripts.
type Importer = Option<SpecPath>;

/// Resolves imports: beside the importing file first, then from the project root. `.rhai` may be
/// left out. A module is evaluated once for each spec that imports it, so that it does not matter
/// which specs a worker has seen before; one that a support script imports is everybody's.
pub(crate) struct ProjectImports {
    root: PathBuf,
    modules: RefCell<HashMap<(Importer, PathBuf), SharedModule>>,
    world: Rc<RefCell<Option<World>>>,
}

impl ProjectImports {
    /// Imports inside `root`. `world` is filled in when the engine's world exists.
    pub(crate) fn new(root: PathBuf, world: Rc<RefCell<Option<World>>>) -> Self {
        Self { root, modules: RefCell::default(), world }
    }

    /// The file that `path` means in `source`.
    pub(crate) fn find(&self, source: Option<&str>, path: &str) -> Result<PathBuf, Box<EvalAltResult>> {
        let beside = source.and_then(|source| Path::new(source).parent()).map(|folder| self.root.join(folder));
        let mut tried = Vec::new();
        for base in beside.into_iter().chain([self.root.clone()]) {
            let mut file = absolute(&base, path);
            if file.extension().is_none() {
                file.set_extension("rhai");
            }
            if !file.starts_with(&self.root) {
                return Err(throw(
                    misuse(format!("`import {path:?}` leaves the project"))
                        .detail(format!("the project is {}", self.root.display())),
                ));
            }
            if file.is_file() {
                return Ok(file);
            }
            tried.push(format!("no file {}", file.strip_prefix(&self.root).unwrap_or(&file).display()));
        }
        tried.dedup();
        let mut failure = misuse(format!("`import {path:?}` finds nothing"));
        failure.details = tried;
        Err(throw(failure))
    }
}

impl ModuleResolver for ProjectImports {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<SharedModule, Box<EvalAltResult>> {
        let file = self.find(source, path).map_err(|error| error.fill_position_of(position))?;
        let importer = self.world.borrow().as_ref().and_then(World::spec);
        for known in [None, importer.clone()] {
            if let Some(module) = self.modules.borrow().get(&(known, file.clone())) {
                return Ok(module.clone());
            }
        }
        let name = file.strip_prefix(&self.root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file)
            .map_err(|error| throw(misuse(format!("cannot read {name}: {error}"))).fill_position_of(position))?;
        if let Some(world) = &*self.world.borrow() {
            world.sources.add(&name, &text);
        }
        let mut ast = engine
            .compile(&text)
            .map_err(|error| throw(super::failure::parse_failure(&error, &name)).fill_position_of(position))?;
        ast.set_source(name);
        let module: SharedModule = Module::eval_ast_as_new(Scope::new(), &ast, engine)?.into();
        self.modules.borrow_mut().insert((importer, file), module.clone());
        Ok(module)
    }
}

trait AtPosition {
    fn fill_position_of(self, position: Position) -> Self;
}

impl AtPosition for Box<EvalAltResult> {
    fn fill_position_of(mut self, position: Position) -> Self {
        if self.position().is_none() {
            self.set_position(position);
        }
        self
    }
}
