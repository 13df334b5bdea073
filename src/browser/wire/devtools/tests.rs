//! The wire against a real headless shell and a small server that counts its requests.

mod harness;
mod input;
mod pages;
mod roles;
mod state;
