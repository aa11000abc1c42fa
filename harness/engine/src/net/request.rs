//! A request, and where it may go: below its service's base, to a host that the service may have.
//!
//! Does not: send it.

use super::failure::HttpError;
use super::reach::Reach;
use super::redact::Secret;
use super::upload::Upload;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The base that the request must not leave.
    pub base: String,
    /// Where the base may lead.
    pub reach: Reach,
    /// The path and query below it.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The token, if any.
    pub bearer: Option<Secret>,
    /// The name of the token, for whoever repeats the request.
    pub credential: Option<String>,
    /// What it carries.
    pub body: Option<Body>,
}

/// What a request carries.
#[derive(Debug, Clone)]
pub enum Body {
    /// Text, which is JSON.
    Text(String),
    /// A form with a file.
    Upload(Upload),
}

impl Body {
    /// What a recording shows of it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Upload(upload) => upload.shown(),
        }
    }

    /// What goes onto the wire.
    pub(super) fn sent(&self) -> reqwest::Body {
        match self {
            Self::Text(text) => text.clone().into(),
            Self::Upload(upload) => upload.body(),
        }
    }
}

/// The URL below a base; what would lead to a host that is not the service's is refused before anything is looked up.
pub(super) fn bound_url(request: &Request) -> Result<Url, HttpError> {
    let base = &request.base;
    let text = format!("{}{}", base.trim_end_matches('/'), request.path);
    let parse = |text: &str| Url::parse(text).map_err(|_error| HttpError::Url { url: text.to_owned() });
    let (url, home) = (parse(&text)?, parse(base)?);
    let same = matches!(home.scheme(), "http" | "https")
        && url.origin() == home.origin()
        && url.username().is_empty();
    if !same {
        return Err(HttpError::Elsewhere { base: base.clone() });
    }
    request.reach.check(&url)?;
    Ok(url)
}

pub(super) fn headers(request: &Request) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    let wrong = |name: &str| HttpError::Header { name: name.to_owned() };
    for (name, value) in &request.headers {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_error| wrong(name))?;
        headers.insert(key, HeaderValue::from_str(value).map_err(|_error| wrong(name))?);
    }
    if let Some(bearer) = &request.bearer {
        let text = format!("Bearer {}", bearer.expose());
        let mut value = HeaderValue::from_str(&text).map_err(|_error| wrong("authorization"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    match &request.body {
        Some(Body::Upload(upload)) => {
            let form = HeaderValue::from_str(&upload.form_type()).map_err(|_error| wrong("content-type"))?;
            headers.insert(CONTENT_TYPE, form);
            // Known, so that it is said: not everybody takes a body of unknown length.
            headers.insert(CONTENT_LENGTH, upload.length().into());
        }
        Some(Body::Text(_)) if !headers.contains_key(CONTENT_TYPE) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Some(Body::Text(_)) | None => {}
    }
    Ok(headers)
}
