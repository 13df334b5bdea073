//! "did you mean": the name somebody probably meant. Pure.

/// The candidate closest to `name`, where one is close enough to be a slip; upper and lower case
/// count as the same. `name` itself is no suggestion.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    // A third of the letters may differ: more would suggest words that have nothing to do with it.
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_nothing_else() {
        assert_eq!(closest("amdin", ["admin", "user"]), Some("admin"));
        assert_eq!(closest("vist", ["visit", "title"]), Some("visit"));
        assert_eq!(closest("checkout", ["admin", "user"]), None);
        assert_eq!(closest("baseURL", ["retries", "base_url"]), Some("base_url"));
        assert_eq!(closest("x", ["retries", "timeout"]), None);
    }
}
