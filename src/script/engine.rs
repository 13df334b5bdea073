//! Makes an [`Engine`]: limits, the script API, `print`, and how names are looked up.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use rhai::{Dynamic, Engine, OptimizationLevel};

use super::api;
use super::handles::device;
use super::imports::ProjectImports;
use super::support::Exports;
use super::world::World;

/// Operations between two looks at the clock.
const LOOK_EVERY: u64 = 1024;

/// An engine whose functions act in `world`.
pub(crate) fn new_engine(root: PathBuf, exports: &Exports, world_later: &Rc<RefCell<Option<World>>>) -> Engine {
    let mut engine = Engine::new();
    // The optimizer would write exported values into the specs; names are looked up instead.
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(256, 128);
    engine.set_max_call_levels(128);
    engine.set_module_resolver(ProjectImports::new(root, world_later.clone()));
    look_up_exports(&mut engine, exports.clone());
    api::register(&mut engine);
    let world = world_later.clone();
    engine.on_print(move |text| say(&world, text));
    let world = world_later.clone();
    engine.on_debug(move |text, _, _| say(&world, text));
    engine
}

fn say(world: &RefCell<Option<World>>, text: &str) {
    if let Some(world) = &*world.borrow() {
        world.say(text);
    }
}

/// Ties an engine to its world: functions find it as the tag, loops are held to its deadline.
pub(crate) fn tie(engine: &mut Engine, world: &World) {
    engine.set_default_tag(Dynamic::from(world.clone()));
    let world = world.clone();
    engine.on_progress(move |operations| {
        if operations % LOOK_EVERY != 0 {
            return None;
        }
        let over = world.deadline().is_some_and(|deadline| deadline.at() <= Instant::now());
        // The token is only a mark: `invoke` asks the world why it stopped.
        (over || world.bridge.is_stopped()).then(|| Dynamic::from("stopped"))
    });
}

#[expect(deprecated, reason = "rhai marks the resolver as volatile; there is no other way to give functions constants")]
fn look_up_exports(engine: &mut Engine, exports: Exports) {
    engine.on_var(move |name, _, context| {
        let found = exports.value(name);
        Ok(found.or_else(|| device(name).filter(|_| !context.scope().contains(name))))
    });
}
