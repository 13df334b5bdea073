//! Medians and ratios, and the lines they are printed in.

/// What both tools took, round by round.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) ours: Vec<f64>,
    pub(crate) theirs: Vec<f64>,
}

impl Pair {
    /// The line of the table: medians and spread in milliseconds, the ratio, and the target beside it.
    pub(crate) fn line(&self, name: &str, target: Option<f64>) -> String {
        if self.theirs.is_empty() {
            return format!("{name:<30} {:>22}", shown(&self.ours));
        }
        let ratio = median(&self.ours) / median(&self.theirs);
        let target = match target {
            Some(target) if ratio <= target => format!("≤ {target:.2}"),
            Some(target) => format!("> {target:.2}"),
            None => String::new(),
        };
        format!("{name:<30} {:>22} {:>22}   {ratio:>5.2} {target}", shown(&self.ours), shown(&self.theirs))
    }
}

/// The middle value, and the lowest and highest around it.
fn shown(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    let digits = if high < 100.0 { 2 } else { 0 };
    format!("{:.digits$} ({low:.digits$}–{high:.digits$})", median(values))
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}
