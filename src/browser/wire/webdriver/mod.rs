//! What the wires that speak W3C protocols share: one `WebDriver` session ([`WebDriver`]), what comes
//! back instead of an answer ([`Fault`]), and input as W3C actions, the same in classic and `BiDi`.

mod actions;
mod client;
mod fault;

pub(in crate::browser::wire) use actions::{key_actions, pointer_actions};
pub(in crate::browser) use client::WebDriver;
pub(in crate::browser::wire) use fault::Fault;
