//! Objects in buckets.

use std::{
    collections::HashMap,
    io::{self, Read},
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, azure::MicrosoftAzureBuilder,
    gcp::GoogleCloudStorageBuilder, path::Path,
};
use tokio::sync::mpsc;
use url::Url;

use crate::{
    ObjectInput,
    location::{Found, Location, Place, glob, has_wildcard},
};

/// Objects up to this size are fetched whole, in bytes.
const WHOLE: u64 = 32 << 20;
/// Chunks fetched ahead of the reader.
const AHEAD: usize = 4;

/// An object of a store.
#[derive(Debug, Clone)]
pub(crate) struct RemoteObject {
    store: Arc<dyn ObjectStore>,
    path: Path,
}

/// Buckets that were opened, by scheme and name.
#[derive(Default)]
pub(crate) struct Stores(HashMap<String, Arc<dyn ObjectStore>>);

impl Stores {
    /// The place of the object with this URL, as [`list`] names it.
    pub(crate) fn place(&mut self, url: &str) -> Result<Place, String> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("`{url}` names no bucket"))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let path = Path::parse(key).map_err(|error| error.to_string())?;
        let known = format!("{scheme}://{bucket}");
        let store = match self.0.get(&known) {
            Some(store) => Arc::clone(store),
            None => store(scheme, bucket)?,
        };
        self.0.insert(known, Arc::clone(&store));
        Ok(Place::Remote(RemoteObject { store, path }))
    }
}

/// The objects below a URL, or those that match it as a glob.
pub(crate) async fn list(input: &str) -> Result<Found, String> {
    let (scheme, rest) = input.split_once("://").unwrap_or_default();
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let store = store(scheme, bucket)?;
    let matcher = if has_wildcard(key) { Some(glob(key)?) } else { None };
    let fixed = key.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let folder =
        if matcher.is_some() { fixed.rsplit_once('/').map_or("", |(folder, _)| folder) } else { key };
    let prefix = Path::parse(folder.trim_matches('/')).map_err(|error| error.to_string())?;
    let mut found = Found::default();
    let mut add = |meta: ObjectMeta| {
        let name = format!("{scheme}://{bucket}/{}", meta.location);
        let place = Place::Remote(RemoteObject { store: Arc::clone(&store), path: meta.location });
        found.objects.push(Location { name, size: Some(meta.size), place });
    };
    let mut failure = None;
    let mut listed = store.list(Some(&prefix));
    while let Some(meta) = listed.next().await {
        match meta {
            Ok(meta) => {
                let is_wanted = matcher.as_ref().is_none_or(|glob| glob.is_match(meta.location.as_ref()));
                if meta.size > 0 && is_wanted {
                    add(meta);
                }
            }
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    if matcher.is_none() && !key.is_empty() {
        // A listing names what lies below a folder, never the object itself.
        store.head(&prefix).await.into_iter().for_each(add);
    }
    match failure {
        Some(error) => found.cannot_read(input.to_owned(), error),
        None if found.objects.is_empty() => return Err("no object is there".to_owned()),
        None => {}
    }
    Ok(found)
}

/// A store with credentials and endpoint from the environment; endpoints without TLS are for emulators.
fn store(scheme: &str, bucket: &str) -> Result<Arc<dyn ObjectStore>, String> {
    let failed = |error: object_store::Error| error.to_string();
    match scheme {
        "s3" | "s3a" => {
            let plain =
                is_plain("AWS_ENDPOINT_URL_S3") || is_plain("AWS_ENDPOINT_URL") || is_plain("AWS_ENDPOINT");
            let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
            if plain {
                builder = builder.with_allow_http(true);
            }
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        "gs" | "gcs" => {
            let mut builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket);
            if let Ok(host) = std::env::var("STORAGE_EMULATOR_HOST") {
                let url = if host.contains("://") { host } else { format!("http://{host}") };
                let options = object_store::ClientOptions::new().with_allow_http(true);
                builder = builder.with_base_url(&url).with_skip_signature(true).with_client_options(options);
            }
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        "az" | "azure" | "abfs" | "abfss" => {
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(bucket);
            let builder = if is_plain("AZURE_STORAGE_ENDPOINT") || is_plain("AZURE_ENDPOINT") {
                builder.with_allow_http(true)
            } else {
                builder
            };
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        other => Err(format!("the scheme `{other}` is unknown: expected `s3`, `gs` or `az`")),
    }
}

/// Whether an environment variable holds an endpoint without TLS.
fn is_plain(variable: &str) -> bool {
    let endpoint = std::env::var(variable).ok().and_then(|text| Url::parse(&text).ok());
    endpoint.is_some_and(|url| url.scheme() == "http")
}

impl RemoteObject {
    pub(crate) async fn open(&self, size: Option<u64>) -> io::Result<ObjectInput> {
        let result = self.store.get(&self.path).await.map_err(io::Error::other)?;
        if size.is_some_and(|size| size <= WHOLE) {
            return Ok(ObjectInput::Bytes(result.bytes().await.map_err(io::Error::other)?));
        }
        let (sender, receiver) = mpsc::channel(AHEAD);
        tokio::spawn(forward(result.into_stream(), sender));
        Ok(ObjectInput::Stream(Box::new(Chunks { receiver, chunk: Bytes::new() })))
    }
}

/// Hands chunks to a blocking reader until the stream ends, fails, or the reader is gone.
async fn forward(
    mut chunks: BoxStream<'static, object_store::Result<Bytes>>,
    sender: mpsc::Sender<io::Result<Bytes>>,
) {
    while let Some(chunk) = chunks.next().await {
        if sender.send(chunk.map_err(io::Error::other)).await.is_err() {
            return;
        }
    }
}

/// Chunks as a reader. It blocks: never read it on an asynchronous worker.
struct Chunks {
    receiver: mpsc::Receiver<io::Result<Bytes>>,
    chunk: Bytes,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.chunk = chunk?,
                None => return Ok(0),
            }
        }
        let length = self.chunk.len().min(buffer.len());
        let chunk = self.chunk.split_to(length);
        buffer.get_mut(..length).unwrap_or_default().copy_from_slice(&chunk);
        Ok(length)
    }
}
