//! A clean-up as Markdown.

use crate::ops::cleanup::Report;
use crate::render::escape::markdown;
use crate::render::words::removal;

/// The answer, as a list.
pub fn report(report: &Report) -> String {
    let mut out = format!("## Clean-up: {}\n\n", markdown(report.run.as_str()));
    for item in &report.items {
        let what = format!("{} {}", removal::verb(item, report.mode), removal::thing(&item.thing));
        let reason = removal::reason(item).map(|reason| format!(": {reason}")).unwrap_or_default();
        out += &format!("- {}\n", markdown(format!("{what}{reason}")));
    }
    if let Some(told) = &report.told {
        let remedy = removal::tell(&report.run, told).map(|hint| format!(": {hint}")).unwrap_or_default();
        out += &format!("- {}\n", markdown(format!("{}{remedy}", removal::told(told))));
    }
    if report.items.is_empty() {
        out += "Nothing to remove.\n";
    }
    out
}
