//! [`Options`]: the last argument `#{...}` of a function. An unknown key is an error that names
//! the valid ones.

use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::outcome::Failure;
use crate::suggest::closest;

use super::error::misuse;
use super::values::{described, duration};

/// The options given to one call of a function.
pub(crate) struct Options<'a> {
    function: &'a str,
    map: Map,
}

impl<'a> Options<'a> {
    /// Options of `function`, whose keys are `known`.
    pub(crate) fn new(function: &'a str, map: Map, known: &[&str]) -> Result<Self, Failure> {
        if let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) {
            let mut failure = misuse(format!("`{key}` is not an option of `{function}`"));
            let mut valid: Vec<&str> = known.to_vec();
            valid.sort_unstable();
            failure.details.push(match valid.len() {
                0 => "it takes no options".to_owned(),
                _ => format!("its options: {}", valid.join(", ")),
            });
            failure.advice = closest(key, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            return Err(failure);
        }
        Ok(Self { function, map })
    }

    /// A value as it was given; `()` counts as not given.
    pub(crate) fn raw(&self, key: &str) -> Option<&Dynamic> {
        self.map.get(key).filter(|value| !value.is_unit())
    }

    /// A duration.
    pub(crate) fn duration(&self, key: &str) -> Result<Option<Duration>, Failure> {
        self.raw(key).map(|value| duration(value, &self.name_of(key))).transpose()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, Failure> {
        self.typed(key, "`true` or `false`", |value| value.as_bool().ok())
    }

    /// A string.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Failure> {
        self.typed(key, "a string", |value| value.clone().into_immutable_string().ok().map(|text| text.to_string()))
    }

    /// A count: an integer from 0.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u32>, Failure> {
        self.typed(key, "a whole number from 0", |value| {
            value.as_int().ok().and_then(|number| u32::try_from(number).ok())
        })
    }

    /// A function.
    pub(crate) fn function(&self, key: &str) -> Result<Option<FnPtr>, Failure> {
        self.typed(key, "a function such as `|| ...`", |value| value.clone().try_cast::<FnPtr>())
    }

    /// A string, or an array of strings.
    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, Failure> {
        self.typed(key, "a string or an array of strings", |value| {
            if value.is_string() {
                return Some(vec![value.to_string()]);
            }
            let items = value.read_lock::<Array>()?;
            items.iter().map(|item| item.is_string().then(|| item.to_string())).collect()
        })
    }

    /// A map.
    pub(crate) fn map(&self, key: &str) -> Result<Option<Map>, Failure> {
        self.typed(key, "a map `#{...}`", |value| value.clone().try_cast::<Map>())
    }

    /// An error about the value of `key`.
    pub(crate) fn wrong(&self, key: &str, expected: &str) -> Failure {
        let given = self.raw(key).map_or_else(|| "nothing".to_owned(), described);
        misuse(format!("{} takes {expected}, not {given}", self.name_of(key)))
    }

    fn typed<T>(&self, key: &str, expected: &str, read: impl Fn(&Dynamic) -> Option<T>) -> Result<Option<T>, Failure> {
        match self.raw(key) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| self.wrong(key, expected)),
        }
    }

    fn name_of(&self, key: &str) -> String {
        format!("option `{key}` of `{}`", self.function)
    }
}
