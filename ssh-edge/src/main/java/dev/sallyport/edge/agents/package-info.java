/// The agents' side of the edge: gRPC, attachments, idle calls, resume. Only this package sees gRPC.
@NullMarked
package dev.sallyport.edge.agents;

import org.jspecify.annotations.NullMarked;
