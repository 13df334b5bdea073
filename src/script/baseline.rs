//! [`Baseline`]: an expected text or picture, in a folder beside the spec: `cart.snapshots/total.txt`.

use std::io;
use std::path::PathBuf;

use super::artifact::file_name;
use super::error::{Raw, misuse, throw};
use super::world::{Call, World};

/// An expected text or picture.
pub(crate) struct Baseline {
    path: PathBuf,
    /// As messages name it: from the project's folder.
    pub(crate) shown: String,
}

impl World {
    /// The baseline of this name for the spec that runs.
    pub(crate) fn baseline(&self, call: &Call, (name, extension): (&str, &str)) -> Raw<Baseline> {
        let activity = self.activity_of(call)?;
        if name.trim().is_empty() {
            return Err(throw(misuse(format!("`{}` needs a name that is not empty", call.text))));
        }
        let spec = activity.spec.as_str().trim_end_matches(".rhai");
        let shown = format!("{spec}.snapshots/{}.{extension}", file_name(name));
        Ok(Baseline { path: self.settings.root.join(&shown), shown })
    }
}

impl Baseline {
    /// What is expected; `None` where there is no baseline yet.
    pub(crate) fn read(&self) -> Raw<Option<Vec<u8>>> {
        match std::fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(throw(misuse(format!("the baseline {} cannot be read: {error}", self.shown)))),
        }
    }

    /// Makes this what is expected from now on.
    pub(crate) fn write(&self, world: &World, bytes: &[u8]) -> Raw<()> {
        let folder = self.path.parent().expect("it stands in the folder of its spec");
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&self.path, bytes))
            .map_err(|error| throw(misuse(format!("the baseline {} cannot be written: {error}", self.shown))))?;
        world.say(&format!("wrote {}", self.shown));
        Ok(())
    }
}
