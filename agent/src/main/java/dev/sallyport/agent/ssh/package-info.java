/// Target sshds: logged in to by the agent, with its own credentials, after their host key was verified.
@NullMarked
package dev.sallyport.agent.ssh;

import org.jspecify.annotations.NullMarked;
