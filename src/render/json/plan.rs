//! A plan as JSON, version 1; and the JSON schema of the plan file, for editors.

use serde::Serialize;

use crate::model::finding::Severity;
use crate::model::layout::Part;
use crate::model::plan::finding::{PlanFinding, Problem, Scope};
use crate::model::plan::{BodyRule, DependencyMode, Need, Plan, Task};
use crate::model::schedule::Schedule;
use crate::model::scope::{Access, ScopeEntry};
use crate::ops::plan::Outcome;
use crate::render::json::document;

/// The JSON schema of a plan file in TOML.
pub const SCHEMA: &str = include_str!("plan.schema.json");

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document {
    /// 1.
    pub version: u32,
    /// The plan, as far as it was understood; `null` if nothing of it was.
    pub plan: Option<PlanShape>,
    /// When each task can run; `null` where there is no plan.
    pub schedule: Option<ScheduleShape>,
    /// Everything that is wrong or doubtful.
    pub findings: Vec<Finding>,
}

/// A plan.
#[derive(Debug, Serialize)]
pub struct PlanShape {
    /// The run's name.
    pub run: String,
    /// For people.
    pub title: String,
    /// The revision that all tasks start from.
    pub base: String,
    /// Template of the branches.
    pub branch: String,
    /// Template of the worktrees.
    pub worktree: String,
    /// The integration branch.
    pub integration: String,
    /// `advisory`, `strict`, `none`.
    pub dependencies: &'static str,
    /// What a commit must say.
    pub protocol: ProtocolShape,
    /// What is done in each new worktree.
    pub setup: SetupShape,
    /// How a worker is launched.
    pub worker: WorkerShape,
    /// Files that are made anew where they conflict.
    pub generated: Vec<GeneratedShape>,
    /// In the order of the file.
    pub tasks: Vec<TaskShape>,
}

/// What a commit must say.
#[derive(Debug, Serialize)]
pub struct ProtocolShape {
    /// `off`, `warn`, `require`.
    pub body: &'static str,
    /// Commands that must have passed for the exact tree.
    pub evidence: Vec<String>,
    /// Whether moves of other tasks' branches are refused.
    pub guard: bool,
    /// Whether every checkpoint is pushed.
    pub push: bool,
}

/// A file that is made anew.
#[derive(Debug, Serialize)]
pub struct GeneratedShape {
    /// Relative to the top of the repository.
    pub path: String,
    /// The command that makes it.
    pub run: String,
}

/// What is done in each new worktree.
#[derive(Debug, Serialize)]
pub struct SetupShape {
    /// Files of the main worktree that are copied.
    pub copy: Vec<String>,
    /// The copied file in which a port is counted up.
    pub port_file: Option<String>,
    /// The variable that holds it.
    pub port_variable: Option<String>,
    /// Commands.
    pub run: Vec<String>,
    /// Whether it holds only the directories of the scope and of what is needed.
    pub sparse: bool,
}

/// How a worker is launched.
#[derive(Debug, Serialize)]
pub struct WorkerShape {
    /// Program and arguments.
    pub command: Vec<String>,
    /// After which it counts as timed out.
    pub timeout_seconds: Option<u64>,
}

/// A task.
#[derive(Debug, Serialize)]
pub struct TaskShape {
    /// Full name.
    pub name: String,
    /// Short name, such as `task-2`.
    pub short: String,
    /// Unique in the plan.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Short name of its branch.
    pub branch: String,
    /// Its worktree, relative to the main worktree.
    pub worktree: String,
    /// What it may change.
    pub scope: Vec<EntryShape>,
    /// What is to be done.
    pub steps: Vec<String>,
    /// What the worker commits after.
    pub checkpoints: Vec<String>,
    /// What it waits for.
    pub needs: Vec<NeedShape>,
    /// What others wait for.
    pub provides: Vec<String>,
    /// What has no other place.
    pub remarks: Vec<String>,
}

/// A scope entry.
#[derive(Debug, Serialize)]
pub struct EntryShape {
    /// The pattern.
    pub path: String,
    /// `edit`, `create`, `append`.
    pub access: &'static str,
    /// What each added line must match.
    pub lines: Option<String>,
    /// For people.
    pub why: Option<String>,
    /// Two tasks may overlap here.
    pub shared: bool,
    /// Submodule entries are allowed here.
    pub submodule: bool,
}

/// A need.
#[derive(Debug, Serialize)]
pub struct NeedShape {
    /// The task that provides it.
    pub task: String,
    /// What it is called.
    pub item: Option<String>,
    /// The plan's own words for it.
    pub text: String,
    /// What it is needed for.
    pub purpose: Option<String>,
    /// What to do until it is there.
    pub until_then: Option<String>,
    /// What both sides agreed on.
    pub contract: Option<String>,
}

/// When each task can run; tasks by their full names.
#[derive(Debug, Serialize)]
pub struct ScheduleShape {
    /// Every task after those that it needs.
    pub order: Vec<String>,
    /// What can run at the same time.
    pub waves: Vec<Vec<String>>,
    /// The longest chain.
    pub critical_path: Vec<String>,
    /// Tasks that wait for each other.
    pub cycles: Vec<Vec<String>>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Stable name, such as `scope/overlap`.
    pub rule: &'static str,
    /// In words.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// The file as it was named.
    pub file: Option<String>,
    /// Counted from 1.
    pub line: Option<usize>,
    /// In characters, counted from 1.
    pub column: Option<usize>,
    /// For `scope/overlap`.
    pub overlap: Option<OverlapShape>,
}

/// Two patterns that match the same path.
#[derive(Debug, Serialize)]
pub struct OverlapShape {
    /// In the order of the plan.
    pub tasks: [String; 2],
    /// Of these tasks.
    pub patterns: [String; 2],
    /// A path that both match.
    pub witness: String,
}

/// The whole answer of `git orchestrate plan --format json`.
pub fn plan(outcome: &Outcome) -> String {
    let plan = outcome.reading.plan.as_ref();
    document(&Document {
        version: 1,
        plan: plan.map(plan_shape),
        schedule: plan.zip(outcome.schedule.as_ref()).map(|(plan, schedule)| schedule_shape(plan, schedule)),
        findings: outcome.reading.findings.iter().map(finding).collect(),
    })
}

fn plan_shape(plan: &Plan) -> PlanShape {
    PlanShape {
        run: plan.run.to_string(),
        title: plan.title.clone(),
        base: plan.base.clone(),
        branch: plan.layout.template(Part::Branch).to_owned(),
        worktree: plan.layout.template(Part::Worktree).to_owned(),
        integration: plan.layout.integration(&plan.run),
        dependencies: match plan.dependencies {
            DependencyMode::Advisory => "advisory",
            DependencyMode::Strict => "strict",
            DependencyMode::None => "none",
        },
        protocol: ProtocolShape {
            body: match plan.protocol.body {
                BodyRule::Off => "off",
                BodyRule::Warn => "warn",
                BodyRule::Require => "require",
            },
            evidence: plan.protocol.evidence.clone(),
            guard: plan.protocol.guard,
            push: plan.protocol.push,
        },
        setup: SetupShape {
            copy: plan.setup.copy.clone(),
            port_file: plan.setup.port.as_ref().map(|port| port.file.clone()),
            port_variable: plan.setup.port.as_ref().map(|port| port.variable.clone()),
            run: plan.setup.run.clone(),
            sparse: plan.setup.sparse,
        },
        worker: WorkerShape {
            command: plan.worker.command.clone(),
            timeout_seconds: plan.worker.timeout_seconds,
        },
        generated: plan
            .integrate
            .generated
            .iter()
            .map(|one| GeneratedShape { path: one.path.clone(), run: one.run.clone() })
            .collect(),
        tasks: plan.tasks.iter().map(|task| task_shape(plan, task)).collect(),
    }
}

fn task_shape(plan: &Plan, task: &Task) -> TaskShape {
    TaskShape {
        name: task.name.to_string(),
        short: task.name.short().to_owned(),
        number: task.number,
        title: task.title.clone(),
        branch: plan.layout.branch(&plan.run, task),
        worktree: plan.layout.worktree(&plan.run, task),
        scope: task.scope.iter().map(entry).collect(),
        steps: task.steps.clone(),
        checkpoints: task.checkpoints.clone(),
        needs: task.needs.iter().map(need).collect(),
        provides: task.provides.iter().map(ToString::to_string).collect(),
        remarks: task.remarks.clone(),
    }
}

fn entry(entry: &ScopeEntry) -> EntryShape {
    let (access, lines) = match &entry.access {
        Access::Edit => ("edit", None),
        Access::Create => ("create", None),
        Access::Append { lines } => ("append", lines.clone()),
    };
    let (path, why) = (entry.pattern.to_string(), entry.why.clone());
    EntryShape { path, access, lines, why, shared: entry.shared, submodule: entry.submodule }
}

fn need(need: &Need) -> NeedShape {
    NeedShape {
        task: need.task.to_string(),
        item: need.item.as_ref().map(ToString::to_string),
        text: need.text.clone(),
        purpose: need.purpose.clone(),
        until_then: need.until_then.clone(),
        contract: need.contract.clone(),
    }
}

fn schedule_shape(plan: &Plan, schedule: &Schedule) -> ScheduleShape {
    let names = |places: &Vec<usize>| -> Vec<String> {
        places.iter().map(|place| plan.tasks[*place].name.to_string()).collect()
    };
    ScheduleShape {
        order: names(&schedule.order),
        waves: schedule.waves.iter().map(names).collect(),
        critical_path: names(&schedule.critical_path),
        cycles: schedule.cycles.iter().map(names).collect(),
    }
}

fn finding(finding: &PlanFinding) -> Finding {
    let place = finding.at.as_ref().and_then(|at| at.place);
    let overlap = match &finding.problem {
        Problem::Scope(Scope::Overlap(overlap)) => Some(OverlapShape {
            tasks: overlap.tasks.clone().map(|task| task.to_string()),
            patterns: overlap.patterns.clone(),
            witness: overlap.witness.clone(),
        }),
        _ => None,
    };
    Finding {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        rule: finding.rule(),
        message: finding.to_string(),
        remedy: finding.remedy(),
        file: finding.at.as_ref().map(|at| at.source.clone()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        overlap,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::SCHEMA;
    use crate::model::plan::toml::TABLES;

    /// The schema of the table that the reader calls by this name.
    fn table<'s>(schema: &'s Value, name: &str) -> &'s Value {
        let path = match name {
            "the plan" => "",
            "[protocol]" => "/properties/protocol",
            "[setup]" => "/properties/setup",
            "`port` of [setup]" => "/properties/setup/properties/port",
            "[worker]" => "/properties/worker",
            "[integrate]" => "/properties/integrate",
            "an entry of `generated`" => "/properties/integrate/properties/generated/items",
            "[[task]]" => "/$defs/task",
            "a scope entry" => "/$defs/entry",
            "a need" => "/$defs/need",
            other => panic!("the schema has no place for {other}"),
        };
        schema.pointer(path).unwrap_or_else(|| panic!("{path} is not in the schema"))
    }

    #[test]
    fn the_schema_knows_the_keys_of_the_reader() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("a schema is JSON");
        for keys in TABLES {
            let table = table(&schema, keys.table);
            let properties = table["properties"].as_object().expect("a table has properties");
            let mut known: Vec<&str> = properties.keys().map(String::as_str).collect();
            let mut expect = keys.known.to_vec();
            known.sort_unstable();
            expect.sort_unstable();
            assert_eq!(known, expect, "the keys of {}", keys.table);
            assert_eq!(table["additionalProperties"], false, "{} takes no other key", keys.table);
            for (key, property) in properties {
                let described = property["description"].is_string();
                assert!(described, "{key} of {} is described to people", keys.table);
            }
        }
    }
}
