//! "Did you mean": [`nearest`] finds the name that was probably meant.

/// The candidate closest to `word`, where one is close enough to be a slip of the finger.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase();
    // A third of the letters may differ: more would suggest words that have nothing to do with it.
    let most = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let check = |word, expected| assert_eq!(nearest(word, ["retries", "timeout", "base_url"]), expected, "{word}");
        check("retrys", Some("retries"));
        check("tiemout", Some("timeout"));
        check("baseURL", Some("base_url"));
        check("workers", None);
        check("x", None);
    }
}
