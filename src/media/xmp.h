// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "media/findings.h"
#include "media/part.h"

namespace keepsake::media {

/// Reads an XMP packet: RDF in XML, a property being an attribute or an element, its value plain or
/// in an rdf:Alt, rdf:Bag or rdf:Seq (XMP Specification Part 1, §7). A packet that breaks off gives
/// what stands before; a document type makes it unreadable, since its entities could be bombs.
void read_xmp(Part packet, Xmp& xmp);
void read_xmp(ByteView packet, Xmp& xmp);

}  // namespace keepsake::media
