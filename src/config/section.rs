//! [`Section`]: one table of the configuration file, read key by key.
//!
//! Unknown keys and values of the wrong kind are errors that point at their place. What a value
//! means is not known here: texts and numbers are handed on as written, with their origin.

use crate::suggest::closest;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::error::ConfigError;
use super::origin::{Given, Origin, Place};

/// One table of the configuration file.
pub(super) struct Section<'a> {
    document: &'a Document,
    /// Empty for the top of the file.
    name: String,
    /// Where the table stands.
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The top of the file, with the keys it may have.
    pub(super) fn top(
        document: &'a Document,
        table: &'a DeTable<'a>,
        keys: &'static [&'static str],
    ) -> Result<Self, ConfigError> {
        let section = Self { document, name: String::new(), span: 0..0, table };
        section.refuse_unknown(keys)?;
        Ok(section)
    }

    /// The table under `name`, with the keys it may have.
    pub(super) fn table(
        &self,
        name: &'static str,
        keys: &'static [&'static str],
    ) -> Result<Option<Section<'a>>, ConfigError> {
        let Some((key, value)) = self.entry(name) else { return Ok(None) };
        let DeValue::Table(table) = value.get_ref() else { return Err(self.wrong_type(name, value, "a table")) };
        let section = Section { document: self.document, name: self.full_name(name), span: key, table };
        section.refuse_unknown(keys)?;
        Ok(Some(section))
    }

    /// The tables under `name`, each with a name of the user's own and the keys it may have, in the
    /// order of the file.
    pub(super) fn named_tables(
        &self,
        name: &'static str,
        keys: &'static [&'static str],
    ) -> Result<Vec<(String, Section<'a>)>, ConfigError> {
        let Some((_, value)) = self.entry(name) else { return Ok(Vec::new()) };
        let DeValue::Table(tables) = value.get_ref() else { return Err(self.wrong_type(name, value, "a table")) };
        let mut entries: Vec<_> = tables.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut sections = Vec::new();
        for (key, value) in entries {
            let full_name = format!("{}.{}", self.full_name(name), key.get_ref());
            let DeValue::Table(table) = value.get_ref() else {
                let place = Box::new(self.document.place(full_name, value.span()));
                return Err(ConfigError::WrongType { place, expected: "a table", found: kind_of(value.get_ref()) });
            };
            let section = Section { document: self.document, name: full_name, span: key.span(), table };
            section.refuse_unknown(keys)?;
            sections.push((key.get_ref().clone().into_owned(), section));
        }
        Ok(sections)
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<Given<String>>, ConfigError> {
        self.read(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A whole number, as it is written.
    pub(super) fn number(&self, key: &str) -> Result<Option<Given<String>>, ConfigError> {
        self.read(key, "a whole number", whole_number)
    }

    /// A text or a whole number, as it is written.
    pub(super) fn text_or_number(
        &self,
        key: &str,
        expected: &'static str,
    ) -> Result<Option<Given<String>>, ConfigError> {
        self.read(key, expected, |value| value.as_str().map(str::to_owned).or_else(|| whole_number(value)))
    }

    /// A duration: a text or milliseconds.
    pub(super) fn duration(&self, key: &str) -> Result<Option<Given<String>>, ConfigError> {
        self.text_or_number(key, "a duration such as \"10s\"")
    }

    /// `true` or `false`.
    pub(super) fn truth(&self, key: &str) -> Result<Option<Given<bool>>, ConfigError> {
        self.read(key, "true or false", DeValue::as_bool)
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Option<Vec<Given<String>>>, ConfigError> {
        let Some((_, value)) = self.entry(key) else { return Ok(None) };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(self.wrong_type(key, value, "a list of strings"));
        };
        items
            .iter()
            .map(|item| match item.get_ref().as_str() {
                Some(text) => Ok(Given::new(text.to_owned(), self.origin(key, item.span()))),
                None => Err(self.wrong_type(key, item, "a list of strings")),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// One text or a list of texts.
    pub(super) fn text_or_texts(&self, key: &str) -> Result<Vec<Given<String>>, ConfigError> {
        match self.entry(key) {
            Some((_, value)) if value.get_ref().is_str() => Ok(self.text(key)?.into_iter().collect()),
            Some((_, value)) if !value.get_ref().is_array() => {
                Err(self.wrong_type(key, value, "a string or a list of strings"))
            }
            _ => Ok(self.texts(key)?.unwrap_or_default()),
        }
    }

    /// Two whole numbers.
    pub(super) fn pair(&self, key: &str, expected: &'static str) -> Result<Option<Given<(u32, u32)>>, ConfigError> {
        self.read(key, expected, |value| {
            let items = value.as_array()?;
            let mut numbers = items.iter().map(|item| whole_number(item.get_ref())?.parse().ok());
            let pair = (numbers.next()??, numbers.next()??);
            numbers.next().is_none().then_some(pair)
        })
    }

    /// A table of texts with keys of the user's own. Their lines are never shown.
    pub(super) fn private_texts(&self, key: &'static str) -> Result<BTreeMap<String, String>, ConfigError> {
        let Some((_, value)) = self.entry(key) else { return Ok(BTreeMap::new()) };
        let DeValue::Table(table) = value.get_ref() else { return Err(self.wrong_type(key, value, "a table")) };
        let mut texts = BTreeMap::new();
        for (name, item) in table {
            let Some(text) = item.get_ref().as_str() else {
                let mut place = self.document.place(format!("{}.{}", self.full_name(key), name.get_ref()), item.span());
                place.text = None;
                let (expected, found) = ("a string", kind_of(item.get_ref()));
                return Err(ConfigError::WrongType { place: Box::new(place), expected, found });
            };
            texts.insert(name.get_ref().clone().into_owned(), text.to_owned());
        }
        Ok(texts)
    }

    /// A table of anything, as JSON.
    pub(super) fn json(&self, key: &str) -> Result<serde_json::Map<String, serde_json::Value>, ConfigError> {
        let Some((_, value)) = self.entry(key) else { return Ok(serde_json::Map::new()) };
        let DeValue::Table(table) = value.get_ref() else { return Err(self.wrong_type(key, value, "a table")) };
        Ok(json_of_table(table))
    }

    /// Where the table itself stands.
    pub(super) fn place(&self) -> Place {
        self.document.place(self.name.as_str(), self.span.clone())
    }

    fn entry(&self, key: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(name, value)| (name.span(), value))
    }

    fn read<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl Fn(&DeValue<'a>) -> Option<T>,
    ) -> Result<Option<Given<T>>, ConfigError> {
        let Some((_, value)) = self.entry(key) else { return Ok(None) };
        match read(value.get_ref()) {
            Some(read) => Ok(Some(Given::new(read, self.origin(key, value.span())))),
            None => Err(self.wrong_type(key, value, expected)),
        }
    }

    fn refuse_unknown(&self, keys: &'static [&'static str]) -> Result<(), ConfigError> {
        // The first in the file, not in the alphabet: people mend a file from its top.
        let unknown =
            self.table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())).min_by_key(|key| key.span().start);
        let Some(key) = unknown else { return Ok(()) };
        let place = Box::new(self.document.place(self.full_name(key.get_ref()), key.span()));
        let near = closest(key.get_ref(), keys.iter().copied()).map(str::to_owned);
        let key = key.get_ref().clone().into_owned();
        Err(ConfigError::UnknownKey { place, table: self.name.clone(), key, valid: keys, near })
    }

    fn origin(&self, key: &str, span: Range<usize>) -> Origin {
        Origin::File(Box::new(self.document.place(self.full_name(key), span)))
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> ConfigError {
        let place = Box::new(self.document.place(self.full_name(key), value.span()));
        ConfigError::WrongType { place, expected, found: kind_of(value.get_ref()) }
    }

    fn full_name(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// A whole number in decimal digits.
fn whole_number(value: &DeValue<'_>) -> Option<String> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|number| number.to_string())
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn json_of_table(table: &DeTable<'_>) -> serde_json::Map<String, serde_json::Value> {
    table.iter().map(|(key, value)| (key.get_ref().clone().into_owned(), json_of(value.get_ref()))).collect()
}

fn json_of(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(integer) => {
            i64::from_str_radix(integer.as_str(), integer.radix()).map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Float(float) => float.as_str().parse::<f64>().map_or(serde_json::Value::Null, Into::into),
        DeValue::Boolean(truth) => (*truth).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(table) => json_of_table(table).into(),
    }
}
