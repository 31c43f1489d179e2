//! What the cases of packs share: compiler, session, and detections that were compiled and planned once.

use std::sync::Arc;

use quarry_engine::Session;
use quarry_hunt::{
    CompileOptions, Compiler, Detected, Failure, LogOptions, Outcome, ReadyDetection, Workspace, detect,
};
use quarry_pack::{Detection, Pack};

use crate::{
    Setup,
    runner::{on_threads, runtime},
};

/// What runs detections over emulated telemetry.
pub struct Bench<'a> {
    /// What the tests run with.
    pub setup: &'a Setup,
    session: Session,
    compiler: Compiler<'a>,
}

/// A detection under test.
pub struct Subject<'a> {
    /// The detection.
    pub detection: &'a Detection,
    technique: Option<&'a str>,
    /// None: it is compiled for each case, as it depends on the logs or does not compile.
    ready: Option<ReadyDetection<'a>>,
}

impl<'a> Bench<'a> {
    /// A bench for all cases of a run.
    ///
    /// # Errors
    /// If macros cannot be read, or no session be made.
    pub fn new(setup: &'a Setup) -> Outcome<Self> {
        let session = LogOptions::of(Vec::new()).session(&setup.catalog)?;
        let files = CompileOptions::with_files(setup.macros.clone());
        let options = CompileOptions { views: setup.views.clone(), ..files };
        let compiler = Compiler::new(&setup.catalog, &options)?;
        Ok(Self { setup, session, compiler })
    }

    /// The detections of a pack, in its order.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn subjects(&self, pack: &'a Pack) -> Outcome<Vec<Subject<'a>>> {
        let work = |detection: &&'a Detection| runtime()?.block_on(self.subject(pack, detection));
        let detections: Vec<&Detection> = pack.detections.iter().collect();
        on_threads(self.setup.threads, &detections, &work, &|_, _| ()).into_iter().collect()
    }

    async fn subject(&self, pack: &'a Pack, detection: &'a Detection) -> Outcome<Subject<'a>> {
        let technique = pack.technique.as_deref();
        let ready = ReadyDetection::new(&self.compiler, &self.session, technique, detection).await;
        // What is wrong with it is told by each case.
        Ok(Subject { detection, technique, ready: ready.ok().flatten() })
    }

    /// Lists logs for the detections.
    pub async fn open(&self, options: &LogOptions) -> Outcome<Workspace> {
        let catalog = Arc::clone(&self.setup.catalog);
        Workspace::open_in(self.session.clone(), catalog, options).await
    }

    /// Runs a detection over logs that [`Bench::open`] listed.
    pub async fn detect(&self, subject: &Subject<'_>, workspace: &Workspace) -> Result<Detected, Failure> {
        let report = self.session.new_report();
        match &subject.ready {
            Some(ready) => ready.detect(workspace, &report).await,
            None => detect(&self.compiler, workspace, subject.technique, subject.detection, &report).await,
        }
    }
}
