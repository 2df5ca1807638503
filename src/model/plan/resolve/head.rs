//! What a plan says of the run as a whole: its name, its base, how branches are named.

use crate::model::layout::{self, Layout};
use crate::model::name::RunName;
use crate::model::plan::draft::Draft;
use crate::model::plan::finding::{Form, Naming, Part};
use crate::model::plan::place::Located;
use crate::model::plan::report::Report;
use crate::model::plan::resolve::{Places, slug};

/// The top of a plan.
pub(super) struct Head {
    /// `None` if it is missing or no name.
    pub run: Option<RunName>,
    pub base: String,
    pub layout: Layout,
}

impl Head {
    /// The top of a draft; where something is wrong with it, the default stands in.
    pub fn of(draft: &Draft, report: &mut Report<'_>, places: &mut Places) -> Head {
        Head {
            run: draft.run.as_ref().and_then(|run| run_name(run, report)),
            base: base(draft.base.as_ref(), report, places),
            layout: layout(draft, report, places),
        }
    }
}

fn run_name(run: &Located<String>, report: &mut Report<'_>) -> Option<RunName> {
    let text = &run.value;
    RunName::new(text)
        .map_err(|why| {
            let problem = Naming::Invalid { of: "run", text: text.clone(), why, instead: slug(text) };
            report.error(run.place, problem);
        })
        .ok()
}

/// The base is handed to git, so it must not look like an option, nor like several revisions.
fn base(written: Option<&Located<String>>, report: &mut Report<'_>, places: &mut Places) -> String {
    let Some(written) = written else { return "HEAD".to_owned() };
    places.put(Part::Base, written.place);
    let base = &written.value;
    let odd = |c: char| c.is_control() || c.is_whitespace() || ":?*[\\\"'`$;&|<>()".contains(c);
    if base.starts_with(['-', '^', '.']) || base.contains("..") || base.contains(odd) {
        report.error(written.place, Form::Base { base: base.clone() });
    }
    base.clone()
}

fn layout(draft: &Draft, report: &mut Report<'_>, places: &mut Places) -> Layout {
    let mut layout = match &draft.layout {
        None => Layout::default(),
        Some(name) => Layout::by_name(&name.value).unwrap_or_else(|| {
            report.error(name.place, Naming::Layout(name.value.clone()));
            Layout::default()
        }),
    };
    let templates = [
        (layout::Part::Branch, &draft.branch),
        (layout::Part::Worktree, &draft.worktree),
        (layout::Part::Integration, &draft.integration),
    ];
    for (part, template) in templates {
        let Some(template) = template else { continue };
        places.put(Part::Template(part), template.place);
        match layout.clone().with(part, &template.value) {
            Ok(changed) => layout = changed,
            Err(why) => {
                report.error(template.place, Naming::Template { text: template.value.clone(), why });
            }
        }
    }
    layout
}
