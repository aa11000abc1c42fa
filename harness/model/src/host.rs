//! Hosts: what an entry of `hosts` of a service allows: `api.example.com`, `*.example.com:8443`, `http://10.0.0.5:*`.
//!
//! Does not: know a URL; the engine asks with its parts.

/// An entry of `hosts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    name: String,
    depth: Depth,
    scheme: Option<String>,
    port: AllowedPort,
}

/// Which hosts a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// The one of this name.
    Own,
    /// Every one below it: `*.`
    Below,
}

/// Which ports an entry allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedPort {
    /// That of the scheme.
    Usual,
    /// This one.
    Own(u16),
    /// All: `:*`
    Any,
}

impl AllowedHost {
    /// Reads an entry; none when it is no host with a scheme before or a port behind it.
    pub fn parse(entry: &str) -> Option<Self> {
        let entry = entry.trim().to_lowercase();
        let (scheme, rest) = match entry.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => (Some(scheme.to_owned()), rest),
            Some(_) => return None,
            None => (None, entry.as_str()),
        };
        let (name, port) = match rest.rsplit_once(':') {
            // An IPv6 address has colons of its own.
            Some((name, port)) if name.ends_with(']') || !name.contains(':') => {
                let port = if port == "*" { AllowedPort::Any } else { AllowedPort::Own(port.parse().ok()?) };
                (name, port)
            }
            Some(_) | None => (rest, AllowedPort::Usual),
        };
        let (name, depth) = name.strip_prefix("*.").map_or((name, Depth::Own), |name| (name, Depth::Below));
        let name = bare(name);
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
        let is_host = !name.is_empty() && !name.starts_with('.') && name.chars().all(is_name);
        is_host.then(|| Self { name: name.to_owned(), depth, scheme, port })
    }

    /// Whether a host is the one that it names, or below it where a star says so.
    pub fn names(&self, host: &str) -> bool {
        let host = bare(host).to_lowercase();
        match self.depth {
            Depth::Own => host == self.name,
            Depth::Below => {
                host.strip_suffix(&self.name).is_some_and(|child| child.len() > 1 && child.ends_with('.'))
            }
        }
    }

    /// The scheme that it allows, where it says so.
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// The ports that it allows.
    pub fn port(&self) -> AllowedPort {
        self.port
    }
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::{AllowedHost, AllowedPort};

    #[test]
    fn an_entry_is_a_host_with_a_scheme_before_and_a_port_behind_it() {
        let read = |entry: &str| {
            let host = AllowedHost::parse(entry)?;
            Some((host.name.clone(), host.scheme().map(str::to_owned), host.port()))
        };
        let table = [
            ("API.example.com", "api.example.com", None, AllowedPort::Usual),
            ("*.example.com:8443", "example.com", None, AllowedPort::Own(8443)),
            ("http://10.0.0.5:*", "10.0.0.5", Some("http"), AllowedPort::Any),
            ("https://[::1]:8080", "::1", Some("https"), AllowedPort::Own(8080)),
            ("::1", "::1", None, AllowedPort::Usual),
        ];
        for (entry, name, scheme, port) in table {
            assert_eq!(read(entry), Some((name.to_owned(), scheme.map(str::to_owned), port)), "{entry}");
        }
        for none in ["", "*", "*.", "a/b", "https://a/", "ftp://a", "a:b", "a:99999", "u@a", "http://", "a b"]
        {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_star_stands_for_hosts_below_and_never_for_a_part_of_a_name() {
        let names =
            |entry: &str, host: &str| AllowedHost::parse(entry).is_some_and(|entry| entry.names(host));
        for (entry, host) in
            [("example.com", "Example.com"), ("*.example.com", "a.b.example.com"), ("[::1]", "[::1]")]
        {
            assert!(names(entry, host), "{entry} {host}");
        }
        for (entry, host) in [
            ("example.com", "a.example.com"),
            ("*.example.com", "example.com"),
            ("*.example.com", ".example.com"),
            ("*.example.com", "anexample.com"),
            ("27.0.0.1", "127.0.0.1"),
        ] {
            assert!(!names(entry, host), "{entry} {host}");
        }
    }
}
