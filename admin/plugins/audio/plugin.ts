import { AudioLibrary } from '../../audio/audio-library.ts'
import type { AdminPlugin } from '../../plugin.ts'
import { addPromptRoutes } from './prompt-routes.ts'
import { addSoundRoutes } from './sound-routes.ts'

/** Sounds of the audio library, and prompts in the account's own words (docs/audio.md). */
export const plugin: AdminPlugin = {
  name: 'audio',
  permissions: [
    { name: 'audio.read', description: 'Hear the sounds of the library and see prompts' },
    { name: 'audio.write', description: 'Upload sounds and replace prompts' },
  ],
  register(app, services) {
    const library = new AudioLibrary(services.dataFolder)
    // A sound goes with its audio file.
    app.addHook(
      'onClose',
      services.configuration.onChange((_revision, changes) => {
        for (const { kind, id, after } of changes) {
          if (kind !== 'audioFile' || after !== null) continue
          library
            .remove(id)
            .catch((error: unknown) => services.log.warn({ err: error, id }, 'A sound could not be deleted'))
        }
      }),
    )
    addSoundRoutes(app, services, library)
    addPromptRoutes(app, services, library)
  },
}
