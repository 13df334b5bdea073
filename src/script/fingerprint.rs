//! [`fingerprint`]: a digest of the code that makes a session, so that one from an earlier run is
//! dropped when that code has changed.
//!
//! Counted are the file with the definition, the spec on whose behalf it was defined, every
//! support script, everything these import by a plain path, and the definition's options and
//! captured values. A path that is put together at run time is not followed.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::definitions::Definition;
use super::imports::ProjectImports;
use super::world::World;

/// The digest for `definition`, as the files are now.
pub(crate) fn fingerprint(world: &World, definition: &Definition) -> String {
    let root = &world.settings.root;
    let imports = ProjectImports::new(root.clone(), Rc::default());
    let import = regex::Regex::new("\\bimport\\s+[\"`]([^\"`]+)[\"`]").expect("the pattern is fixed");
    let mut open: Vec<String> = world.definitions.borrow().support_files().map(str::to_owned).collect();
    open.push(definition.spec.key.file.to_string());
    open.extend(definition.definer.as_ref().map(|spec| spec.as_str().to_owned()));
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    while let Some(name) = open.pop() {
        if texts.contains_key(&name) {
            continue;
        }
        let loaded = world.sources.text(&name).map(|text| text.to_string());
        // One that cannot be read fails where it is imported; here it counts as empty.
        let text = loaded.or_else(|| std::fs::read_to_string(root.join(&name)).ok()).unwrap_or_default();
        for found in import.captures_iter(&text) {
            if let Ok(file) = imports.find(Some(&name), &found[1]) {
                open.push(file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/"));
            }
        }
        texts.insert(name, text);
    }
    let traits = definition.traits.text();
    let files = texts.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]);
    crate::session::fingerprint(files.chain([traits.as_str()]))
}
