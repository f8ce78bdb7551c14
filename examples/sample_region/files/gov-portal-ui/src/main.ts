import { createApp, ref } from 'vue'
import axios from 'axios'
import { sm2 } from 'sm-crypto'
import CryptoJS from 'crypto-js'

const serverKey = import.meta.env.VITE_SERVER_KEY as string

export function sealPassword(password: string): string {
  return sm2.doEncrypt(password, serverKey, 1)
}

export function cacheKey(path: string): string {
  return CryptoJS.MD5(path).toString()
}

const app = createApp({
  setup() {
    const guides = ref<string[]>([])
    axios.get('/api/guides').then((answer) => {
      guides.value = answer.data
    })
    return { guides }
  },
  template: '<ul><li v-for="guide in guides">{{ guide }}</li></ul>',
})

app.mount('#app')
