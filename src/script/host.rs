//! [`Host`]: one script thread's whole world. Loads support scripts, collects specs; `invoke.rs`
//! runs their tests.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{AST, Engine, EvalAltResult, Module, Scope};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::browser::Pending;
use crate::clock::Deadline;
use crate::config::Settings;
use crate::event::EventSink;
use crate::model::{SpecPath, SuiteIndex, TestCase, WorkerId};
use crate::outcome::{Failure, Frame};
use crate::redact::Redactor;
use crate::session::SessionStore;

use super::bridge::Bridge;
use super::closure::location;
use super::collect::{CollectedSpec, Collecting};
use super::definitions::Definitions;
use super::engine::{new_engine, tie};
use super::error::{ScriptError, misuse};
use super::failure::{explain_variable, parse_failure};
use super::loops::captured_loop_variable;
use super::support::Support;
use super::world::{Inner, World};

/// What a host is made of.
#[derive(Clone, Debug)]
pub struct HostSetup {
    /// Settings of the run.
    pub settings: Arc<Settings>,
    /// Masks secrets.
    pub redactor: Redactor,
    /// Where steps and warnings go.
    pub events: EventSink,
    /// Whose script thread it is.
    pub worker: WorkerId,
    /// The sessions of the run.
    pub store: SessionStore,
    /// The runtime that drives the browser.
    pub handle: Handle,
    /// Turns true when the run is stopped.
    pub stop: watch::Receiver<bool>,
}

/// One script thread's whole world. Not `Send`: it lives and dies on its thread.
pub struct Host {
    pub(crate) engine: Engine,
    pub(crate) world: World,
    pub(crate) support: Support,
    pub(crate) specs: HashMap<SpecPath, CollectedSpec>,
    /// Suites whose `before_all` hooks have run here, and what came of them.
    pub(crate) entered: HashMap<(SpecPath, SuiteIndex), Option<Failure>>,
}

impl Host {
    /// A host with nothing loaded.
    pub fn new(setup: HostSetup) -> Self {
        let support = Support::default();
        let later = Rc::new(RefCell::new(None));
        let mut engine = new_engine(setup.settings.root.clone(), &support.exports, &later);
        let world = World::new(Inner {
            settings: setup.settings,
            redactor: setup.redactor,
            events: setup.events,
            worker: setup.worker,
            store: setup.store,
            bridge: Bridge::new(setup.handle, setup.stop),
            sources: super::source::Sources::default(),
            collecting: RefCell::default(),
            collection_deadline: Cell::default(),
            definitions: RefCell::new(Definitions::default()),
            custom: super::custom::CustomFunctions::default(),
            activity: RefCell::default(),
            browser: RefCell::default(),
            kept: RefCell::default(),
            closing: RefCell::default(),
            pending: Pending::default(),
            lacks_slot: Cell::default(),
            http: RefCell::default(),
        });
        tie(&mut engine, &world);
        *later.borrow_mut() = Some(world.clone());
        Self { engine, world, support, specs: HashMap::new(), entered: HashMap::new() }
    }

    /// Evaluates a support script and makes its exports visible.
    ///
    /// # Errors
    /// When it cannot be read, does not compile or throws.
    pub fn load_support(&mut self, path: &SpecPath, absolute: &Path) -> Result<(), ScriptError> {
        let ast = self.compile(path, absolute)?;
        self.world.definitions.borrow_mut().add_support_file(path.as_str());
        *self.world.collecting.borrow_mut() =
            Some(Collecting::new(self.world.settings.project.clone(), path.clone(), true));
        let module = self.evaluate(|engine| Module::eval_ast_as_new(Scope::new(), &ast, engine));
        let collected = self.world.collecting.borrow_mut().take();
        let module = module.map_err(|error| self.collection_error(path, &error, Some(&ast)))?;
        self.support
            .add(&mut self.engine, path.as_str(), &ast, module)
            .map_err(|failure| self.script_error(path, failure))?;
        let world = self.world.clone();
        world.custom.register(&mut self.engine);
        self.support.hooks.extend(collected.map(Collecting::into_hooks).unwrap_or_default());
        Ok(())
    }

    /// Evaluates a spec's top level, once; its tests in order.
    ///
    /// # Errors
    /// When it cannot be read, does not compile, throws, or describes its tests wrongly.
    pub fn collect(&mut self, path: &SpecPath, absolute: &Path) -> Result<Vec<TestCase>, ScriptError> {
        if !self.specs.contains_key(path) {
            let spec = self.evaluate_spec(path, absolute)?;
            self.specs.insert(path.clone(), spec);
        }
        Ok(self.specs[path].tests.iter().map(|test| test.case.clone()).collect())
    }

    fn evaluate_spec(&mut self, path: &SpecPath, absolute: &Path) -> Result<CollectedSpec, ScriptError> {
        let ast = self.compile(path, absolute)?;
        if let Some(found) = captured_loop_variable(&ast) {
            let mut failure = misuse(format!(
                "`{}` captures `{}`, the variable of a `for` loop: every test would see its last value",
                found.function, found.variable
            ))
            .advise(format!(
                "write `each(list, |{0}| {1}(...))`; or put `let value = {0};` into the loop and use that",
                found.variable, found.function
            ));
            failure.details.push(format!("it is captured at {}", location(path.as_str(), found.called_at)));
            failure.frames.push(frame(path, found.looped_at));
            return Err(self.script_error(path, failure));
        }
        self.support.check_names(path.as_str(), &ast).map_err(|failure| self.script_error(path, failure))?;
        *self.world.collecting.borrow_mut() =
            Some(Collecting::new(self.world.settings.project.clone(), path.clone(), false));
        let done = self.evaluate(|engine| engine.eval_ast_with_scope::<rhai::Dynamic>(&mut Scope::new(), &ast));
        let collected = self.world.collecting.borrow_mut().take().expect("it was put there above");
        drop(done.map_err(|error| self.collection_error(path, &error, Some(&ast)))?);
        Ok(collected.into_spec(ast))
    }

    fn compile(&self, path: &SpecPath, absolute: &Path) -> Result<AST, ScriptError> {
        let text = std::fs::read_to_string(absolute)
            .map_err(|error| self.script_error(path, misuse(format!("cannot read the file: {error}"))))?;
        self.world.sources.add(path.as_str(), &text);
        let mut ast = self
            .engine
            .compile(&text)
            .map_err(|error| self.script_error(path, parse_failure(&error, path.as_str())))?;
        ast.set_source(path.as_str());
        Ok(ast)
    }

    fn evaluate<T>(
        &self,
        evaluate: impl FnOnce(&Engine) -> Result<T, Box<EvalAltResult>>,
    ) -> Result<T, Box<EvalAltResult>> {
        self.world.collection_deadline.set(Some(Deadline::after(self.world.settings.timeouts.hook)));
        let done = evaluate(&self.engine);
        self.world.collection_deadline.set(None);
        done
    }

    fn collection_error(&self, path: &SpecPath, error: &EvalAltResult, ast: Option<&AST>) -> ScriptError {
        self.world.collection_deadline.set(Some(Deadline::after(self.world.settings.timeouts.hook)));
        let mut failure = self.world.read(error, &self.engine, path.as_str()).failure;
        self.world.collection_deadline.set(None);
        if let Some(ast) = ast {
            explain_variable(&mut failure, ast, &self.support.exports.names());
        }
        self.script_error(path, failure)
    }

    fn script_error(&self, path: &SpecPath, mut failure: Failure) -> ScriptError {
        self.world.finish(&mut failure);
        ScriptError { file: path.as_str().to_owned(), failure: Box::new(failure) }
    }

    /// Ends what is open: suites, contexts, the browser.
    pub fn shut_down(&mut self) {
        self.leave_all();
        self.world.close_kept();
        let closing: Vec<_> = self.world.closing.borrow_mut().drain(..).collect();
        self.world.bridge.finish(async {
            for task in closing {
                // A close that panicked has nothing more to close.
                let _ = task.await;
            }
        });
        self.world.drop_browser();
        self.world.settle_pending();
    }
}

fn frame(path: &SpecPath, position: rhai::Position) -> Frame {
    Frame { location: location(path.as_str(), position), function: None, excerpt: Vec::new() }
}
