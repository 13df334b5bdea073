//! Key names, chords and texts as key input, on a US keyboard. Names are Playwright's.
//!
//! Pure: what to press, in which order. The wires press.

use std::time::Duration;

use super::action::Modifier;
use super::page::{Key, KeyStep};

pub(in crate::browser) const ALT: u8 = 1;
pub(in crate::browser) const CONTROL: u8 = 2;
pub(in crate::browser) const META: u8 = 4;
pub(in crate::browser) const SHIFT: u8 = 8;

/// Presses and releases a key or a chord: `Enter`, `a`, `Control+Shift+A`, `ControlOrMeta+c`, `+`.
///
/// # Errors
/// Says what is wrong with a name, and which one was meant.
pub(in crate::browser) fn keys_of(chord: &str) -> Result<Vec<KeyStep>, String> {
    keys_while(chord, 0, Duration::ZERO)
}

/// As [`keys_of`], while the modifiers `already` are down, and the last key is held for a time.
///
/// # Errors
/// As there.
pub(in crate::browser) fn keys_while(chord: &str, already: u8, delay: Duration) -> Result<Vec<KeyStep>, String> {
    let names = split(chord)?;
    let mut steps = Vec::new();
    let mut held = already;
    let (last, before) = names.split_last().expect("a chord has at least one key");
    let mut releases = Vec::new();
    for name in before {
        let key = key_named(name, held)?;
        held |= modifier_bit(&key.key);
        steps.push(KeyStep::Down(Key { modifiers: held, ..key.clone() }));
        releases.push(key);
    }
    let key = key_named(last, held)?;
    steps.push(KeyStep::Down(Key { modifiers: held | modifier_bit(&key.key), ..key.clone() }));
    steps.extend((!delay.is_zero()).then_some(KeyStep::Pause(delay)));
    steps.push(KeyStep::Up(key));
    for key in releases.into_iter().rev() {
        held &= !modifier_bit(&key.key);
        steps.push(KeyStep::Up(Key { modifiers: held, text: None, ..key }));
    }
    Ok(steps)
}

/// Presses a key and keeps it down; and the modifiers held from then on.
///
/// # Errors
/// Says what is wrong with the name, and which one was meant.
pub(in crate::browser) fn key_down(name: &str, held: u8) -> Result<(KeyStep, u8), String> {
    let key = key_named(name, held)?;
    let modifiers = held | modifier_bit(&key.key);
    Ok((KeyStep::Down(Key { modifiers, ..key }), modifiers))
}

/// Lets a key go; and the modifiers held from then on.
///
/// # Errors
/// As [`key_down`].
pub(in crate::browser) fn key_up(name: &str, held: u8) -> Result<(KeyStep, u8), String> {
    let key = key_named(name, held)?;
    let modifiers = held & !modifier_bit(&key.key);
    Ok((KeyStep::Up(Key { modifiers, text: None, ..key }), modifiers))
}

/// Types a text key by key. Characters no US keyboard has are text without a key.
pub(in crate::browser) fn type_text(text: &str, delay: Duration) -> Vec<KeyStep> {
    let mut steps = Vec::new();
    for letter in text.replace("\r\n", "\n").chars() {
        if !steps.is_empty() && !delay.is_zero() {
            steps.push(KeyStep::Pause(delay));
        }
        let key = match letter {
            '\n' | '\r' => special("Enter"),
            '\t' => special("Tab"),
            letter => Some(letter_key(letter, 0)),
        };
        let key = key.expect("Enter and Tab are in the table");
        steps.push(KeyStep::Down(key.clone()));
        steps.push(KeyStep::Up(key));
    }
    steps
}

/// The bits of keys held during a click, and those keys.
pub(in crate::browser) fn modifier_bits(modifiers: &[Modifier]) -> u8 {
    modifiers.iter().fold(0, |bits, modifier| {
        bits | match modifier {
            Modifier::Alt => ALT,
            Modifier::Control => CONTROL,
            Modifier::Meta => META,
            Modifier::Shift => SHIFT,
            Modifier::ControlOrMeta => modifier_bit(control_or_meta()),
        }
    })
}

fn split(chord: &str) -> Result<Vec<&str>, String> {
    if chord.is_empty() {
        return Err("it names no key; write `Enter`, `a` or `Control+A`".to_owned());
    }
    let mut names = Vec::new();
    let mut rest = chord;
    while !rest.is_empty() {
        // A plus sign is a key where a name is expected.
        let end = rest.char_indices().skip(1).find(|(_, letter)| *letter == '+').map_or(rest.len(), |(at, _)| at);
        names.push(&rest[..end]);
        match rest[end..].strip_prefix('+') {
            Some("") => return Err(format!("`{chord}` ends with `+`, without the key that is pressed")),
            Some(more) => rest = more,
            None => break,
        }
    }
    Ok(names)
}

/// The key of a name, as pressed while `held` modifiers are down.
fn key_named(name: &str, held: u8) -> Result<Key, String> {
    let name = if name == "ControlOrMeta" { control_or_meta() } else { name };
    let mut letters = name.chars();
    let key = match (letters.next(), letters.next()) {
        (Some(letter), None) => Some(letter_key(letter, held)),
        _ => special(name).or_else(|| letter_of_code(name).map(|letter| letter_key(letter, held))),
    };
    let mut key = key.ok_or_else(|| unknown(name))?;
    key.modifiers = held;
    if held & (CONTROL | ALT | META) != 0 {
        key.text = None;
    }
    Ok(key)
}

fn control_or_meta() -> &'static str {
    if cfg!(target_os = "macos") { "Meta" } else { "Control" }
}

fn modifier_bit(key: &str) -> u8 {
    match key {
        "Alt" => ALT,
        "Control" => CONTROL,
        "Meta" => META,
        "Shift" => SHIFT,
        _ => 0,
    }
}

/// Name, code, key code, location of keys that are not characters; `text` where they insert any.
const SPECIAL: &[(&str, &str, u32, u32, Option<&str>)] = &[
    ("Enter", "Enter", 13, 0, Some("\r")),
    ("Tab", "Tab", 9, 0, None),
    ("Escape", "Escape", 27, 0, None),
    ("Backspace", "Backspace", 8, 0, None),
    ("Delete", "Delete", 46, 0, None),
    ("Insert", "Insert", 45, 0, None),
    ("Home", "Home", 36, 0, None),
    ("End", "End", 35, 0, None),
    ("PageUp", "PageUp", 33, 0, None),
    ("PageDown", "PageDown", 34, 0, None),
    ("ArrowLeft", "ArrowLeft", 37, 0, None),
    ("ArrowUp", "ArrowUp", 38, 0, None),
    ("ArrowRight", "ArrowRight", 39, 0, None),
    ("ArrowDown", "ArrowDown", 40, 0, None),
    ("Shift", "ShiftLeft", 16, 1, None),
    ("Control", "ControlLeft", 17, 1, None),
    ("Alt", "AltLeft", 18, 1, None),
    ("Meta", "MetaLeft", 91, 1, None),
    ("CapsLock", "CapsLock", 20, 0, None),
    ("NumLock", "NumLock", 144, 0, None),
    ("ScrollLock", "ScrollLock", 145, 0, None),
    ("Pause", "Pause", 19, 0, None),
    ("PrintScreen", "PrintScreen", 44, 0, None),
    ("ContextMenu", "ContextMenu", 93, 0, None),
];

/// What people write for some of them.
const ALIASES: &[(&str, &str)] = &[
    ("Return", "Enter"),
    ("Esc", "Escape"),
    ("Del", "Delete"),
    ("Ctrl", "Control"),
    ("Cmd", "Meta"),
    ("Command", "Meta"),
    ("Option", "Alt"),
    ("Left", "ArrowLeft"),
    ("Right", "ArrowRight"),
    ("Up", "ArrowUp"),
    ("Down", "ArrowDown"),
    ("Spacebar", "Space"),
    ("CmdOrCtrl", "ControlOrMeta"),
    ("CommandOrControl", "ControlOrMeta"),
];

/// Code, key code, plain and shifted character.
const PUNCTUATION: &[(&str, u32, char, char)] = &[
    ("Digit1", 49, '1', '!'),
    ("Digit2", 50, '2', '@'),
    ("Digit3", 51, '3', '#'),
    ("Digit4", 52, '4', '$'),
    ("Digit5", 53, '5', '%'),
    ("Digit6", 54, '6', '^'),
    ("Digit7", 55, '7', '&'),
    ("Digit8", 56, '8', '*'),
    ("Digit9", 57, '9', '('),
    ("Digit0", 48, '0', ')'),
    ("Minus", 189, '-', '_'),
    ("Equal", 187, '=', '+'),
    ("BracketLeft", 219, '[', '{'),
    ("BracketRight", 221, ']', '}'),
    ("Backslash", 220, '\\', '|'),
    ("Semicolon", 186, ';', ':'),
    ("Quote", 222, '\'', '"'),
    ("Backquote", 192, '`', '~'),
    ("Comma", 188, ',', '<'),
    ("Period", 190, '.', '>'),
    ("Slash", 191, '/', '?'),
    ("Space", 32, ' ', ' '),
];

fn special(name: &str) -> Option<Key> {
    if let Some((key, code, key_code, location, text)) = SPECIAL.iter().find(|row| row.0 == name) {
        return Some(Key {
            key: (*key).to_owned(),
            code: (*code).to_owned(),
            key_code: *key_code,
            text: text.map(str::to_owned),
            location: *location,
            modifiers: 0,
        });
    }
    let number: u32 = name.strip_prefix('F')?.parse().ok().filter(|number| (1..=12).contains(number))?;
    Some(Key {
        key: name.to_owned(),
        code: name.to_owned(),
        key_code: 111 + number,
        text: None,
        location: 0,
        modifiers: 0,
    })
}

/// `KeyA`, `Digit1`, `Space`: the character of a code.
fn letter_of_code(name: &str) -> Option<char> {
    if let Some(letter) = name.strip_prefix("Key")
        && letter.len() == 1
    {
        return letter.chars().next().filter(char::is_ascii_uppercase).map(|letter| letter.to_ascii_lowercase());
    }
    PUNCTUATION.iter().find(|row| row.0 == name).map(|row| row.2)
}

/// The key of a character; with Shift held it makes the shifted one.
fn letter_key(letter: char, held: u8) -> Key {
    let (code, key_code, shown) = if letter.is_ascii_alphabetic() {
        let upper = letter.to_ascii_uppercase();
        (format!("Key{upper}"), u32::from(upper), if held & SHIFT == 0 { letter } else { upper })
    } else if let Some((code, key_code, plain, shifted)) =
        PUNCTUATION.iter().find(|row| row.2 == letter || row.3 == letter)
    {
        let shown = if held & SHIFT != 0 && letter == *plain { *shifted } else { letter };
        ((*code).to_owned(), *key_code, shown)
    } else {
        (String::new(), 0, letter)
    };
    Key { key: shown.to_string(), code, key_code, text: Some(shown.to_string()), location: 0, modifiers: 0 }
}

fn unknown(name: &str) -> String {
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| alias.to_lowercase() == lower).map(|(_, key)| (*key).to_owned());
    let names = SPECIAL.iter().map(|row| row.0).chain(["Space", "ControlOrMeta"]);
    let nearest = names
        .map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &lower), known))
        .min()
        .filter(|(far, known)| *far <= 1.max(known.len() / 3));
    match alias.or(nearest.map(|(_, known)| known.to_owned())) {
        Some(meant) => format!("no key is named `{name}`; did you mean `{meant}`?"),
        None if name.chars().count() > 1 && name.chars().all(char::is_alphanumeric) => {
            format!("no key is named `{name}`; a text is typed with `type_text` or `fill`")
        }
        None => format!("no key is named `{name}`"),
    }
}

#[cfg(test)]
mod tests;
