//! Reads a file that was written by this or an older version.

use serde::Deserialize;

use super::format::{FORMAT, JsonReport};
use crate::report::error::ReportError;

/// What every version of the format has.
#[derive(Deserialize)]
struct Version {
    format: u64,
}

impl JsonReport {
    /// Reads a whole file.
    ///
    /// # Errors
    /// A format we do not know, or text that is no report.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        let Version { format } = serde_json::from_str(text).map_err(|source| ReportError::NotAReport { source })?;
        if format != FORMAT {
            return Err(ReportError::UnknownFormat { found: format, known: FORMAT });
        }
        serde_json::from_str(text).map_err(|source| ReportError::NotAReport { source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_format_is_named() {
        let error = JsonReport::parse(r#"{"format": 2, "everything": "else"}"#).unwrap_err();
        assert_eq!(error.to_string(), "this JSON report has format 2, this runner reads format 1; use a newer runner");
    }

    #[test]
    fn other_json_is_no_report() {
        assert_eq!(JsonReport::parse("[]").unwrap_err().to_string(), "this is not a JSON report of runner");
    }
}
