//! Pages over HTTP.

use std::sync::Arc;

use quarry_pack::Packs;
use quarry_server::{Site, http::serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The answer to a request, whole.
async fn ask(request: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let make = || Site::new(Packs::embedded()?.packs, None);
    let server = tokio::spawn(serve(listener, Arc::new(make)));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    server.abort();
    answer
}

async fn get(path: &str, host: &str) -> String {
    ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
}

#[tokio::test]
async fn pages_are_made_on_request() {
    let page = get("/", "localhost:8417").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("ATT&amp;CK cloud matrix"), "{page}");
    assert!(page.to_lowercase().contains("content-security-policy: default-src 'none'"));
    let page = get("/T1578.002/", "127.0.0.1").await;
    assert!(page.contains("Create Cloud Instance"));
    let folder = get("/T1578.002", "[::1]:8417").await;
    assert!(
        folder.starts_with("HTTP/1.1 308") && folder.to_lowercase().contains("location: /t1578.002/"),
        "{folder}"
    );
}

#[tokio::test]
async fn what_is_not_there_or_not_ours_is_refused() {
    assert!(get("/T0000/", "localhost").await.starts_with("HTTP/1.1 404"));
    assert!(get("/../../Cargo.toml", "localhost").await.starts_with("HTTP/1.1 404"));
    assert!(get("/", "pages.example").await.starts_with("HTTP/1.1 403"), "a name of others that leads here");
    for host in
        ["localhost.pages.example", "localhost:80@pages.example", "[::1].pages.example", "127.0.0.1:x", ""]
    {
        assert!(get("/", host).await.starts_with("HTTP/1.1 403"), "`{host}`");
    }
    let post =
        ask("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    assert!(post.starts_with("HTTP/1.1 405"));
}

#[tokio::test]
async fn a_request_that_never_ends_is_given_up() {
    let answer = ask("GET / HTTP/1.1\r\nHost: loc").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
}
