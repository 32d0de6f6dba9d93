/** How the command ends; the help of every command lists them. */
export const EXIT = {
  completed: 0,
  notCompleted: 1,
  usage: 2,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
  /** 128 + SIGPIPE: whoever read the output has gone, as `| head` does. */
  outputClosed: 141,
} as const

export const EXIT_CODES_HELP: string = `EXIT CODES

  ${EXIT.completed}    every call completed
  ${EXIT.notCompleted}    some call did not complete
  ${EXIT.usage}    the command line or an input line is wrong
  ${EXIT.interrupted}  interrupted (SIGINT)
  ${EXIT.outputClosed}  whoever read the output has gone
`
