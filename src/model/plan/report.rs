//! The findings of one text while it is read.

use crate::model::finding::Severity;
use crate::model::plan::finding::{Form, Part, PlanFinding, Problem};
use crate::model::plan::place::Place;

/// The most findings that are listed.
const MAX_FINDINGS: usize = 1_000;

/// Collects findings and gives each its file.
#[derive(Debug)]
pub struct Report<'t> {
    source: &'t str,
    findings: Vec<PlanFinding>,
}

impl<'t> Report<'t> {
    /// A report on the file of this name, with nothing in it.
    pub fn on(source: &'t str) -> Report<'t> {
        Report { source, findings: Vec::new() }
    }

    /// Adds an error at a place.
    pub fn error(&mut self, place: Place, problem: impl Into<Problem>) {
        self.findings.push(PlanFinding::error(Part::Plan, problem).found(self.source, Some(place)));
    }

    /// Adds a warning at a place.
    pub fn warning(&mut self, place: Place, problem: impl Into<Problem>) {
        self.findings.push(PlanFinding::warning(Part::Plan, problem).found(self.source, Some(place)));
    }

    /// Adds an error about the file as a whole.
    pub fn error_in_file(&mut self, problem: impl Into<Problem>) {
        self.findings.push(PlanFinding::error(Part::Plan, problem).found(self.source, None));
    }

    /// Adds a finding that still has to be located.
    pub fn add(&mut self, finding: PlanFinding, place: Option<Place>) {
        self.findings.push(finding.found(self.source, place));
    }

    /// Takes over what another report on the same file found.
    pub fn take(&mut self, other: Report<'_>) {
        self.findings.extend(other.findings.into_iter().map(|finding| {
            let place = finding.at.as_ref().and_then(|at| at.place);
            finding.found(self.source, place)
        }));
    }

    /// Whether an error is among the findings.
    pub fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings in the order of the file; those about all of it come first. Whoever wrote more
    /// wrong than can be read gets the first of them and the number of the rest.
    pub fn into_findings(mut self) -> Vec<PlanFinding> {
        self.findings.sort_by(|a, b| a.at.cmp(&b.at));
        self.findings.dedup();
        if self.findings.len() > MAX_FINDINGS {
            let rest = self.findings.split_off(MAX_FINDINGS);
            let severity = rest.iter().map(|finding| finding.severity).max().unwrap_or(Severity::Warning);
            let more =
                PlanFinding::error(Part::Plan, Form::MoreFindings(rest.len())).found(self.source, None);
            self.findings.push(PlanFinding { severity, ..more });
        }
        self.findings
    }
}
