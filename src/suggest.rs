//! "did you mean": the name somebody probably meant. Pure.

/// The candidate closest to `name`, where one is close enough to be a slip.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
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
    }
}
