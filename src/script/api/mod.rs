//! The script API: what a spec may call. One file for each family; none of them knows another.
//! What a function means to people stands in its doc text, once, for messages and for the reference.

pub(crate) mod action;
pub(crate) mod along;
pub(crate) mod custom;
pub(crate) mod dialog;
pub(crate) mod element_script;
pub(crate) mod expect;
pub(crate) mod expect_cookie;
pub(crate) mod expect_screenshot;
pub(crate) mod expect_snapshot;
pub(crate) mod expect_value;
pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod locator;
pub(crate) mod page;
pub(crate) mod pointer;
pub(crate) mod registry;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod structure;
pub(crate) mod surroundings;
mod totp;
pub(crate) mod value;

pub(crate) use registry::{option_keys, register};
