//! The story: an analytics dashboard for a small Flask application, built by three workers.
//!
//! It is the scenario that the whole suite was made for (S1-89): a commit out of scope and a bad
//! subject are refused, a need is met by merging, a blocked worker is freed, and the one conflict
//! is seen before it happens.

/// The cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Lead,
    Api,
    Models,
    Frontend,
    /// The lead in the worktree that a stopped integration opened.
    Resolving,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Who::Lead | Who::Resolving => "lead",
            Who::Api => "worker 1",
            Who::Models => "worker 2",
            Who::Frontend => "worker 3",
        }
    }

    /// Relative to the repository.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Who::Lead => ".",
            Who::Api => "worktrees/task-1-api-endpoints",
            Who::Models => "worktrees/task-2-models-migrations",
            Who::Frontend => "worktrees/task-3-frontend",
            Who::Resolving => ".git/orchestrate/integrate/analytics-dashboard",
        }
    }
}

/// A part of the story.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) title: &'static str,
    pub(super) steps: &'static [Step],
}

/// One thing that somebody does.
#[derive(Debug)]
pub(super) enum Step {
    Say(&'static str),
    /// Who writes which file with which content.
    Edit(Who, &'static str, &'static str),
    Run {
        who: Who,
        words: &'static [&'static str],
        code: i32,
        shown: Shown,
    },
}

/// Which lines of an answer the audience sees.
#[derive(Debug)]
pub(super) enum Shown {
    All,
    /// The command itself is not shown either.
    Silently,
    /// Lines that hold one of these.
    Lines(&'static [&'static str]),
}

const fn run(who: Who, words: &'static [&'static str], code: i32, shown: Shown) -> Step {
    Step::Run { who, words, code, shown }
}

/// The files that are there before anything starts; `orchestrate.toml` is the plan.
pub(super) const APPLICATION: &[(&str, &str)] = &[
    ("api/__init__.py", "\"\"\"The HTTP API.\"\"\"\n"),
    ("api/users.py", "def users():\n    return []\n"),
    ("models/__init__.py", "from models.user import User\n"),
    ("models/user.py", "class User:\n    name = \"\"\n"),
    ("templates/base.html", "<!doctype html>\n"),
    ("orchestrate.toml", include_str!("plan.toml")),
];

use Who::{Api, Frontend, Lead, Models, Resolving};

pub(super) const SCENES: &[Scene] = &[
    Scene {
        title: "A plan: who may change what, and who needs what from whom",
        steps: &[
            Step::Say(
                "Three workers, people or coding agents, will add an analytics dashboard to a small \
                 Flask application. orchestrate.toml gives each a task and the paths it may change. What \
                 follows really happens while you read; long answers are shortened.",
            ),
            run(
                Lead,
                &["git", "orchestrate", "plan"],
                0,
                Shown::Lines(&["3 tasks", "- Worker", "- Suggested", "in the scope of both"]),
            ),
            Step::Say("One command makes a branch and a worktree for each, with hooks that hold the rules."),
            run(Lead, &["git", "orchestrate", "start"], 0, Shown::Lines(&["[work/"])),
        ],
    },
    Scene {
        title: "Rules that hold on every commit",
        steps: &[
            Step::Say("Worker 1 builds the API and, on the way, touches a model that is not its own."),
            Step::Edit(Api, "api/analytics/__init__.py", "analytics_bp = \"blueprint\"\n"),
            Step::Edit(Api, "models/user.py", "class User:\n    name = \"\"\n    events = []\n"),
            run(Api, &["git", "add", "."], 0, Shown::Silently),
            run(Api, &["git", "commit", "-m", "[CHECKPOINT] Create the blueprint"], 1, Shown::All),
            Step::Say("It takes that change back, but forgets the protocol."),
            run(Api, &["git", "restore", "--staged", "--worktree", "models/user.py"], 0, Shown::Silently),
            run(
                Api,
                &["git", "commit", "-m", "Create the blueprint"],
                1,
                Shown::Lines(&["refused", "message/", "hint: ["]),
            ),
            Step::Say(
                "`git worker` knows the protocol, stages what is in scope and writes the list of files.",
            ),
            run(Api, &["git", "worker", "checkpoint", "-m", "Create the blueprint"], 0, Shown::All),
        ],
    },
    Scene {
        title: "Waiting without standing still",
        steps: &[
            Step::Say("Worker 1 needs a model that does not exist yet. It says so and goes on with a stub."),
            Step::Edit(
                Api,
                "api/analytics/routes.py",
                "def summary():\n    return {\"events\": 0}  # stub\n",
            ),
            run(
                Api,
                &["git", "worker", "needs", "task-2/AnalyticsEvent", "-m", "Summary needs the model"],
                0,
                Shown::Lines(&["[work/"]),
            ),
            run(
                Api,
                &["git", "worker", "checkpoint", "-m", "Add the summary with a stub"],
                0,
                Shown::Silently,
            ),
            Step::Edit(Models, "models/analytics.py", "class AnalyticsEvent:\n    kind = \"\"\n"),
            run(Models, &["git", "worker", "checkpoint", "-m", "Add AnalyticsEvent"], 0, Shown::Silently),
            Step::Edit(Models, "migrations/versions/001_analytics.py", "def upgrade():\n    pass\n"),
            run(
                Models,
                &["git", "worker", "complete", "-m", "Analytics models and migration"],
                0,
                Shown::Silently,
            ),
            Step::Edit(Frontend, "static/js/analytics/charts.js", "export const charts = [];\n"),
            run(Frontend, &["git", "worker", "checkpoint", "-m", "Draw the charts"], 0, Shown::Silently),
            run(
                Frontend,
                &[
                    "git",
                    "worker",
                    "blocked",
                    "api-response-format",
                    "-m",
                    "The schema of the summary is unknown",
                ],
                0,
                Shown::Lines(&["[work/"]),
            ),
            Step::Say("The lead asks who is where. Every answer is computed from commits, refs and notes."),
            run(
                Lead,
                &["git", "orchestrate", "status"],
                0,
                Shown::Lines(&[
                    "of 3 complete",
                    "Last commit",
                    "  work/",
                    "Next",
                    "Send resume",
                    "git worker merge",
                    "Wait for",
                ]),
            ),
        ],
    },
    Scene {
        title: "Needs met, blocks lifted",
        steps: &[
            Step::Say("Worker 1 merges the model. A merge may bring foreign files; an edit may not."),
            run(Api, &["git", "worker", "merge", "task-2"], 0, Shown::All),
            Step::Edit(
                Api,
                "api/analytics/routes.py",
                "from models import AnalyticsEvent\n\n\ndef summary():\n    return {\"events\": AnalyticsEvent}\n",
            ),
            Step::Edit(
                Api,
                "models/__init__.py",
                "from models.user import User\nfrom models.analytics import AnalyticsEvent  # for the API\n",
            ),
            run(
                Api,
                &["git", "worker", "complete", "-m", "Analytics API endpoints"],
                0,
                Shown::Lines(&["[work/"]),
            ),
            run(
                Api,
                &["git", "worker", "announce", "GET /api/analytics/summary answers {\"events\": n}"],
                0,
                Shown::All,
            ),
            Step::Say(
                "Worker 2 finds that its import is missing, reopens its task and adds the line that worker 1 \
                 has added in its own words. Worker 3 has its schema now and completes.",
            ),
            run(Models, &["git", "worker", "reopen", "-m", "The import is missing"], 0, Shown::All),
            Step::Edit(
                Models,
                "models/__init__.py",
                "from models.user import User\nfrom models.analytics import AnalyticsEvent\n",
            ),
            run(Models, &["git", "worker", "complete", "-m", "Export the model"], 0, Shown::Silently),
            Step::Edit(Frontend, "templates/analytics/dashboard.html", "{% extends \"base.html\" %}\n"),
            run(Frontend, &["git", "worker", "complete", "-m", "Analytics frontend"], 0, Shown::Silently),
            run(
                Lead,
                &["git", "orchestrate", "status"],
                0,
                Shown::Lines(&["of 3 complete", "Last commit", "  work/"]),
            ),
        ],
    },
    Scene {
        title: "The conflict, seen before it happens",
        steps: &[
            Step::Say(
                "The dry run walks the whole chain of merges in the object database and touches nothing.",
            ),
            run(Lead, &["git", "orchestrate", "integrate", "--dry-run"], 1, Shown::All),
            Step::Say("The real run stops there, in a worktree of its own; nobody's checkout is touched."),
            run(Lead, &["git", "orchestrate", "integrate"], 1, Shown::Silently),
            Step::Edit(
                Resolving,
                "models/__init__.py",
                "from models.user import User\nfrom models.analytics import AnalyticsEvent\n",
            ),
            run(Resolving, &["git", "add", "models/__init__.py"], 0, Shown::Silently),
            run(
                Lead,
                &["git", "orchestrate", "integrate", "--continue"],
                0,
                Shown::Lines(&["1. ", "2. ", "3. ", "Success", "Already", "[x]"]),
            ),
        ],
    },
    Scene {
        title: "Landed, and nothing left behind",
        steps: &[
            run(Lead, &["git", "orchestrate", "integrate", "--land"], 0, Shown::Lines(&["main has"])),
            Step::Say("Cleaning up removes only what is proven to be merged; the records stay."),
            run(
                Lead,
                &["git", "orchestrate", "cleanup"],
                0,
                Shown::Lines(&["removed worktree", "cleaned up"]),
            ),
            run(Lead, &["git", "worktree", "list"], 0, Shown::All),
        ],
    },
];
