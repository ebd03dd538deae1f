# SPDX-License-Identifier: GPL-3.0-or-later
# Fills in TEMPLATE what changes: VERSION, and the boards in the file MODALIASES. Writes OUTPUT.
file(READ ${MODALIASES} modaliases)
string(STRIP "${modaliases}" modaliases)
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
