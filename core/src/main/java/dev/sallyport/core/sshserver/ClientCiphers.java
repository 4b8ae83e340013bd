package dev.sallyport.core.sshserver;

/// What an OpenSSH client should ask the door for (`Ciphers` of ssh_config(5)).
///
/// The client's order decides (RFC 4253, section 7.1), and by itself OpenSSH's asks for AES-CTR, with a checksum
/// apart, before AES-GCM.
public final class ClientCiphers {

    /// The door's ciphers, quickest first. OpenSSH knows all of them since 6.2.
    public static final String QUICKEST_FIRST =
            "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr";

    private ClientCiphers() {}
}
