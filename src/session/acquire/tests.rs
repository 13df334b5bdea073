//! The order of calls, with a login that writes down what is asked of it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::browser::{Captured, Restored, State};
use crate::model::Location;
use crate::session::{Creation, SessionKey, SessionScope};

#[derive(Default)]
struct Written {
    calls: Vec<&'static str>,
    /// What `verify` answers, in turn; yes when used up.
    verdicts: Vec<bool>,
    steps_fail: bool,
    steps_abort: bool,
}

fn failure(title: &str) -> Box<Failure> {
    Box::new(Failure::new(FailureKind::Assertion, title))
}

impl Login for Written {
    fn clear(&mut self) -> Result<(), LoginError> {
        self.calls.push("clear");
        Ok(())
    }
    fn before(&mut self) -> Result<(), LoginError> {
        self.calls.push("before");
        Ok(())
    }
    fn steps(&mut self) -> Result<Value, LoginError> {
        self.calls.push("steps");
        if self.steps_abort {
            return Err(LoginError::Aborted(failure("out of time")));
        }
        if self.steps_fail { Err(LoginError::Failed(failure("wrong password"))) } else { Ok(Value::from("made")) }
    }
    fn verify(&mut self) -> Result<Verdict, LoginError> {
        self.calls.push("verify");
        let yes = if self.verdicts.is_empty() { true } else { self.verdicts.remove(0) };
        Ok(if yes { Verdict::Yes } else { Verdict::No(failure("not logged in")) })
    }
    fn settle(&mut self) -> Result<(), LoginError> {
        self.calls.push("settle");
        Ok(())
    }
    fn after(&mut self) -> Result<(), LoginError> {
        self.calls.push("after");
        Ok(())
    }
    fn capture(&mut self) -> Result<Captured, LoginError> {
        self.calls.push("capture");
        Ok(Captured::default())
    }
    fn restore(&mut self, _state: &State) -> Result<Restored, LoginError> {
        self.calls.push("restore");
        Ok(Restored::default())
    }
    fn blank(&mut self) -> Result<(), LoginError> {
        self.calls.push("blank");
        Ok(())
    }
    fn warn(&mut self, _text: &str) {
        self.calls.push("warn");
    }
    fn wait(&mut self, _turn: Pin<Box<dyn Future<Output = ()> + Send + '_>>) -> Result<(), LoginError> {
        self.calls.push("wait");
        Err(LoginError::Aborted(failure("nobody else is here")))
    }
}

fn spec() -> SessionSpec {
    SessionSpec {
        key: SessionKey {
            scope: SessionScope::Run,
            file: "support/s.rhai".into(),
            name: "admin".into(),
            account: None,
        },
        site: Location::new("support/s.rhai", 1, 1),
        has_verify: true,
        max_age: None,
        retry: false,
        kept: None,
    }
}

fn nothing() -> Creation {
    Creation { state: State::default(), value: Value::Null, time: Duration::ZERO }
}

const FIRST: Asker = Asker { worker: 1, is_retry: false };
const RETRY: Asker = Asker { worker: 1, is_retry: true };

#[track_caller]
fn used(store: &SessionStore, asker: Asker, login: &mut Written) -> Result<SessionStatus, LoginError> {
    login.calls.clear();
    use_session(store, &spec(), asker, login).map(|done| done.status)
}

#[test]
fn a_new_session_is_verified_before_it_is_captured_and_saved() {
    let (store, mut login) = (SessionStore::new(), Written::default());
    assert_eq!(used(&store, FIRST, &mut login), Ok(SessionStatus::Created));
    assert_eq!(login.calls, ["clear", "before", "steps", "settle", "verify", "capture", "blank", "after"]);
    assert_eq!(store.saved(&spec().key).map(|saved| saved.value.clone()), Some(Value::from("made")));
}

#[test]
fn a_saved_session_is_restored_without_its_steps() {
    let (store, mut login) = (SessionStore::new(), Written::default());
    used(&store, FIRST, &mut login).expect("created");
    assert_eq!(used(&store, FIRST, &mut login), Ok(SessionStatus::Restored));
    assert_eq!(login.calls, ["clear", "before", "restore", "verify", "blank", "after"]);
}

#[test]
fn a_session_that_verify_refuses_is_made_again_once() {
    let (store, mut login) = (SessionStore::new(), Written::default());
    used(&store, FIRST, &mut login).expect("created");
    login.verdicts = vec![false, true];
    assert_eq!(used(&store, FIRST, &mut login), Ok(SessionStatus::Recreated));
    assert_eq!(
        login.calls,
        ["clear", "before", "restore", "verify", "clear", "steps", "settle", "verify", "capture", "blank", "after"]
    );
    assert_eq!(store.saved(&spec().key).map(|saved| saved.generation), Some(2));
}

#[test]
fn a_second_no_fails_and_tells_the_first_one_as_its_cause() {
    let (store, mut login) = (SessionStore::new(), Written::default());
    used(&store, FIRST, &mut login).expect("created");
    login.verdicts = vec![false, false];
    let Err(LoginError::Failed(failed)) = used(&store, FIRST, &mut login) else { panic!("should fail") };
    assert_eq!(failed.during, ["while verifying the recreated session `admin`"]);
    assert!(failed.cause.is_some());
}

#[test]
fn nothing_is_saved_before_verify_says_yes() {
    let (store, mut login) = (SessionStore::new(), Written { verdicts: vec![false], ..Written::default() });
    let Err(LoginError::Failed(failed)) = used(&store, FIRST, &mut login) else { panic!("should fail") };
    assert_eq!(failed.during, ["while verifying the created session `admin`"]);
    assert!(store.saved(&spec().key).is_none());
}

#[test]
fn a_failed_creation_is_told_to_later_tests_and_tried_again_by_a_retry() {
    let (store, mut login) = (SessionStore::new(), Written { steps_fail: true, ..Written::default() });
    let Err(LoginError::Failed(first)) = used(&store, FIRST, &mut login) else { panic!("should fail") };
    assert_eq!(first.during, ["while creating session `admin`"]);

    let Err(LoginError::Failed(second)) = used(&store, FIRST, &mut login) else { panic!("should fail") };
    assert_eq!(login.calls, ["clear", "before"]);
    assert_eq!(second.cause.as_deref().map(|cause| cause.title.as_str()), Some("wrong password"));

    login.steps_fail = false;
    assert_eq!(used(&store, RETRY, &mut login), Ok(SessionStatus::Created));
    assert_eq!(used(&store, FIRST, &mut login), Ok(SessionStatus::Restored));
}

#[test]
fn a_creator_that_is_stopped_leaves_the_creation_to_the_next_one() {
    let (store, mut login) = (SessionStore::new(), Written { steps_abort: true, ..Written::default() });
    assert!(matches!(used(&store, FIRST, &mut login), Err(LoginError::Aborted(_))));
    login.steps_abort = false;
    assert_eq!(used(&store, FIRST, &mut login), Ok(SessionStatus::Created));
}

#[test]
fn while_one_worker_creates_the_other_waits_and_then_restores() {
    let store = SessionStore::new();
    let other = Asker { worker: 2, is_retry: false };
    let mut seen = None;
    let Some(Turn::Create(ticket)) = store.ask(&spec(), FIRST, Rejected::Nothing, &mut None) else { panic!() };
    assert!(store.ask(&spec(), other, Rejected::Nothing, &mut seen).is_none());
    ticket.save(nothing());
    assert!(matches!(store.ask(&spec(), other, Rejected::Nothing, &mut seen), Some(Turn::Restore(_))));
}

#[test]
fn a_failure_is_told_to_everyone_who_waited_even_to_a_retry() {
    let store = SessionStore::new();
    let other = Asker { worker: 2, is_retry: true };
    let mut seen = None;
    let Some(Turn::Create(ticket)) = store.ask(&spec(), FIRST, Rejected::Nothing, &mut None) else { panic!() };
    assert!(store.ask(&spec(), other, Rejected::Nothing, &mut seen).is_none());
    ticket.fail(*failure("wrong password"));
    assert!(matches!(store.ask(&spec(), other, Rejected::Nothing, &mut seen), Some(Turn::Failed(_))));
}

#[test]
fn two_sessions_that_start_from_each_other_do_not_wait_for_ever() {
    let store = SessionStore::new();
    let mut b = spec();
    b.key.name = "b".into();
    let other = Asker { worker: 2, is_retry: false };
    let _a = store.ask(&spec(), FIRST, Rejected::Nothing, &mut None);
    let _b = store.ask(&b, other, Rejected::Nothing, &mut None);
    assert!(store.ask(&b, FIRST, Rejected::Nothing, &mut None).is_none());
    assert!(matches!(store.ask(&spec(), other, Rejected::Nothing, &mut None), Some(Turn::Cycle(_))));
}

#[test]
fn a_session_older_than_its_max_age_is_made_again() {
    let (store, mut login) = (SessionStore::new(), Written::default());
    let aged = SessionSpec { max_age: Some(Duration::ZERO), ..spec() };
    use_session(&store, &aged, FIRST, &mut login).expect("created");
    let again = use_session(&store, &aged, FIRST, &mut login).expect("created again");
    assert_eq!(again.status, SessionStatus::Created);
}

#[test]
fn what_is_forgotten_while_it_is_made_is_made_again_by_the_next_one() {
    let store = SessionStore::new();
    let other = Asker { worker: 2, is_retry: false };
    let Some(Turn::Create(ticket)) = store.ask(&spec(), FIRST, Rejected::Nothing, &mut None) else { panic!() };
    store.forget(&spec().key).expect("nothing is on disk");
    ticket.save(nothing());
    assert!(matches!(store.ask(&spec(), other, Rejected::Nothing, &mut None), Some(Turn::Create(_))));
}
