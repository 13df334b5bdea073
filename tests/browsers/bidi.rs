//! Chromium over `BiDi`, as where `DevTools` cannot be reached.

use crate::our_specs::our_specs_pass;

#[test]
fn our_own_specs_pass() {
    our_specs_pass(["--wire", "bidi"], &[]);
}
