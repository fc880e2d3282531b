//! Private files of GitHub's releases, as GitHub serves them: nothing at their usual address, the description of a release
//! and the file for a token at the API's host, the bytes by a signed address that refuses a token.

use crate::locking::thing;
use crate::sandbox::{Sandbox, bad, good};
use crate::support;
use crate::support::native::pin;
use crate::support::server::{self, Connection, Request, Server, proxy_to};
use std::process::Output;

const URL: &str = "https://github.com/o/r/releases/download/v1.2/thing-linux-amd64-gnu.zip";
const TOKEN: &str = "canary-77c1";
const DESCRIPTION: &str = "application/vnd.github+json";

/// GitHub with one private release, and a proxy that leads to it.
struct GitHub {
    server: Server,
    proxy: Server,
}

impl GitHub {
    fn new() -> GitHub {
        let server = Server::start_tls(|request: &Request, connection: &mut Connection| {
            let (status, headers, body) = answer(request);
            connection.answer(status, headers, &body);
        });
        let proxy = Server::start(proxy_to(server.address()));
        GitHub { server, proxy }
    }

    fn run(&self, sandbox: &Sandbox, token: &str, words: &[&str]) -> Output {
        let mut command = sandbox.command(support::cgozig());
        command.env("HTTPS_PROXY", self.proxy.url("")).env("SSL_CERT_FILE", server::authority());
        let output = command.env("OWN_TOKEN", token).args(words).output().unwrap();
        assert!(!support::text(&output).contains(TOKEN), "{}", support::text(&output));
        output
    }

    /// What was asked: host and path; those with a token marked.
    fn asked(&self) -> Vec<String> {
        let shown = |request: &Request| {
            let token = request.header("authorization").map_or("", |_| " with a token");
            format!("{}{}{token}", request.header("host").unwrap(), request.path)
        };
        self.server.requests().iter().map(shown).collect()
    }
}

fn answer(request: &Request) -> (u16, &'static [(&'static str, &'static str)], Vec<u8>) {
    let token = request.header("authorization");
    let is_known = token == Some(&format!("Bearer {TOKEN}"));
    let accept = request.header("accept").unwrap_or("*/*");
    match (request.header("host"), request.path.as_str()) {
        (Some("api.github.com"), _) if !is_known => (404, &[], b"{\"message\": \"Not Found\"}".to_vec()),
        (Some("api.github.com"), "/repos/o/r/releases/tags/v1.2") => match accept {
            DESCRIPTION | "*/*" => (200, &[], release().into_bytes()),
            _ => (415, &[], Vec::new()),
        },
        (Some("api.github.com"), "/repos/o/r/releases/assets/7") => match accept {
            "application/octet-stream" => {
                (302, &[("Location", "https://storage.example/7?signature=x")], Vec::new())
            }
            _ => (200, &[], b"{\"id\": 7}".to_vec()),
        },
        (Some("storage.example"), "/7?signature=x") if token.is_none() => (200, &[], thing("private")),
        (Some("storage.example"), _) => (400, &[], b"Only one auth mechanism allowed".to_vec()),
        _ => (404, &[], Vec::new()),
    }
}

/// The description of the release, as far as GitHub's own says this.
fn release() -> String {
    let digest = pin(&thing("private")).sha256;
    format!(
        r#"{{"tag_name": "v1.2", "assets": [
            {{"id": 6, "name": "thing-linux-amd64-musl.zip", "digest": null}},
            {{"id": 7, "name": "thing-linux-amd64-gnu.zip", "digest": "sha256:{digest}"}}]}}"#
    )
}

#[test]
fn a_private_release_of_github_is_served_to_a_token_for_its_api() {
    let (sandbox, github) = (Sandbox::new(), GitHub::new());
    sandbox.write("config.toml", "[token]\n\"api.github.com\" = \"OWN_TOKEN\"\n");
    let said = good(&github.run(&sandbox, TOKEN, &["add", "--private", URL]));
    assert!(said.contains("added thing 1.2 (linux/amd64/gnu)") && said.contains("github digest"), "{said}");
    assert!(sandbox.read("app/cgozig.toml").contains("private = true"));
    let described = "api.github.com/repos/o/r/releases/tags/v1.2 with a token";
    let file = "api.github.com/repos/o/r/releases/assets/7 with a token";
    let bytes = "storage.example/7?signature=x";
    assert_eq!(github.asked(), [described, file, bytes, described]);
    let github = GitHub::new();
    good(&github.run(&sandbox, TOKEN, &["fetch", "linux/amd64/gnu"]));
    assert_eq!(github.asked(), [described, file, bytes]);
    assert!(sandbox.good(&["verify"]).contains("in the store"));
}

#[test]
fn a_token_that_may_not_see_a_private_release_is_told_what_it_lacks() {
    let (sandbox, github) = (Sandbox::new(), GitHub::new());
    // The token of the site's own host is not the API's.
    sandbox.write("config.toml", "[token]\n\"github.com\" = \"OWN_TOKEN\"\n");
    let said = bad(&github.run(&sandbox, TOKEN, &["add", "--private", URL]));
    assert!(said.contains("there is no token for api.github.com"), "{said}");
    assert_eq!(github.asked(), [""; 0]);
    sandbox.write("config.toml", "[token]\n\"api.github.com\" = \"OWN_TOKEN\"\n");
    let said = bad(&github.run(&sandbox, "canary-other", &["add", "--private", URL]));
    assert!(said.contains("answered 404") && said.contains("the token for api.github.com may not"), "{said}");
    let absent = URL.replace("gnu", "arm");
    let words = ["add", "--private", "--target", "linux/arm64/gnu", "--name", "thing", &absent];
    let said = bad(&github.run(&sandbox, TOKEN, &words));
    assert!(said.contains("or it is not there"), "{said}");
    assert!(!sandbox.path("app/cgozig.toml").exists());
}
