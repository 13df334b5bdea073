//! After a test that passed: sessions that say `write_back` are captured again in each context
//! that began with one, or found to be worth nothing.

use std::time::Instant;

use crate::clock::Deadline;
use crate::event::{Step, StepKind};
use crate::session::{LoginError, WrittenBack, contents};

use super::activity::{Activity, Limit, LimitKind, LoginFrame};
use super::host::Host;
use super::login::ScriptLogin;
use super::world::Call;

impl Host {
    /// Takes back what the test leaves of its sessions. It has passed: nothing here can fail it.
    pub(crate) fn write_back(&self, activity: &Activity) {
        let aside = activity.others.borrow().len();
        self.write_back_here(activity);
        for place in 0..aside {
            activity.beside(place, || self.write_back_here(activity));
        }
    }

    fn write_back_here(&self, activity: &Activity) {
        let Some(used) = activity.used.take() else { return };
        let world = &self.world;
        if !used.definition.write_back {
            activity.used.replace(Some(used));
            return;
        }
        let started = Instant::now();
        let key = used.spec.key.clone();
        let limit =
            Limit { deadline: Deadline::after(world.settings.timeouts.hook), kind: LimitKind::Hook("write_back") };
        let call =
            Call { engine: Some(&self.engine), text: "write_back".to_owned(), site: used.definition.spec.site.clone() };
        activity.logins.borrow_mut().push(LoginFrame { key: key.clone(), phase: None, commands: 0 });
        activity.scopes.borrow_mut().clear();
        let before = std::mem::replace(&mut *activity.limits.borrow_mut(), vec![limit]);
        let mut login = ScriptLogin::new(world, &call, (activity, &used.definition, &used.spec));
        let done = crate::session::write_back(&world.store, &used.spec, &used.snapshot, &mut login);
        activity.limits.replace(before);
        activity.logins.borrow_mut().pop();
        let mut step = Step {
            title: format!("session `{key}`: taken back"),
            kind: StepKind::Hook,
            depth: 0,
            duration: started.elapsed(),
            passed: true,
            details: Vec::new(),
            warning: None,
            saved: None,
        };
        match done {
            Ok(WrittenBack::Saved(snapshot)) => step.details = contents(&snapshot.state),
            Ok(WrittenBack::Superseded) => step.details.push("it was made anew or cleared meanwhile".to_owned()),
            Ok(WrittenBack::Poisoned(failure)) => {
                step.warning =
                    Some(format!("the test left it signed out, and the next use makes it again: {}", failure.title));
            }
            Err(LoginError::Failed(failure) | LoginError::Aborted(failure)) => {
                step.passed = false;
                step.warning = Some(format!("it could not be captured again: {}", failure.title));
            }
        }
        world.tell(step);
        activity.used.replace(Some(used));
    }
}
