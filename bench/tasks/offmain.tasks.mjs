import { crunch, crunchOrHang, echo, tiny, weigh } from './work.mjs'

export class Tiny {
  run(parameters) {
    return tiny(parameters)
  }
}

export class Crunch {
  run(parameters) {
    return crunch(parameters)
  }
}

/** The same under another name: a class of its own. */
export class CrunchLong extends Crunch {}

export class CrunchOrHang {
  run(parameters) {
    return crunchOrHang(parameters)
  }
}

export class Weigh {
  run(value) {
    return weigh(value)
  }
}

export class Echo {
  run(value) {
    return echo(value)
  }
}
