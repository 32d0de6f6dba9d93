let serial = 0

/** A connection that knows whose it is. */
export default {
  open({ id }) {
    return { owner: id, serial: ++serial, calls: 0, open: true }
  },
  reset(connection) {
    if (!connection.open) throw new Error('a closed connection was lent again')
  },
  close(connection) {
    connection.open = false
    connection.owner = 'nobody'
  },
}
